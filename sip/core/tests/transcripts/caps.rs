//! What the other side can make grow has an end; there the newest gives way, and the flow stays.

use hark_harness::check;

#[test]
fn a_route_longer_than_any_way_makes_no_dialog() {
    let routes = "                    Record-Route: <sip:p.example.test;lr>\n".repeat(71);
    check(&format!(
        "
        registered
        0.000  <-   INVITE sdp=offer
{routes}
        0.000  ->   100 (INVITE)
        0.000  ->   400 (INVITE)
        0.010  <-   ACK
        1.000  <-   OPTIONS
        1.000  ->   200 (OPTIONS)
        "
    ));
}

#[test]
fn a_route_as_long_as_any_way_is_taken() {
    let routes = "                    Record-Route: <sip:p.example.test;lr>\n".repeat(70);
    check(&format!(
        "
        registered
        0.000  <-   INVITE sdp=offer
{routes}
        0.000  ->   100 (INVITE)
        0.000  ev   incoming 1
        "
    ));
}

#[test]
fn more_branches_than_any_proxy_rings_are_not_told_and_may_still_answer() {
    let mut script = String::from(
        "registered
        0.000  app  invite sip:bob@example.test sdp=offer
        0.000  ->   INVITE\n",
    );
    for fork in 0..40 {
        script.push_str(&format!("0.010  <-   180 Ringing (INVITE) tag=t{fork}\n"));
        if fork < 16 {
            script.push_str(&format!("0.010  ev   progress 1 180 fork={fork}\n"));
        }
    }
    script.push_str(
        "1.000  <-   200 OK (INVITE) tag=t39 sdp=answer
        1.000  ->   ACK
        1.000  ev   answered 1
        1.010  <-   200 OK (INVITE) tag=t38 sdp=answer
        1.010  ->   ACK
                    To: *tag=t38
        1.010  ->   BYE
                    To: *tag=t38
        2.000  app  hang-up 1
        2.000  ->   BYE
                    To: *tag=t39
        2.000  ev   ended 1 local\n",
    );
    check(&script);
}

#[test]
fn of_many_contacts_to_be_sent_on_to_a_few_are_tried() {
    let contacts: Vec<String> = (0..1000)
        .map(|n| format!("<sip:{n}@example.test>"))
        .collect();
    let mut script = format!(
        "registered
        0.000  app  invite sip:bob@example.test sdp=offer
        0.000  ->   INVITE
        0.010  <-   302 Moved Temporarily
                    Contact: {}
        0.010  ->   ACK\n",
        contacts.join(",")
    );
    for tried in 0..5 {
        script.push_str(&format!(
            "0.010  ->   INVITE sip:{tried}@example.test
             0.010  <-   404 Not Found
             0.010  ->   ACK\n"
        ));
    }
    script.push_str("0.010  ev  ended 1 too-many-redirects\n");
    check(&script);
}

#[test]
fn a_flood_of_requests_in_a_call_leaves_the_call() {
    let mut script = String::from(
        "registered
        0.000  app  invite sip:bob@example.test sdp=offer
        0.000  ->   INVITE
        0.010  <-   200 OK sdp=answer
        0.010  ->   ACK
        0.010  ev   answered 1
        1.000  <-   INVITE in sdp=hold
        1.000  ->   100 (INVITE)
        1.000  ev   offer 1\n",
    );
    for _ in 0..300 {
        script.push_str(
            "1.000  <-  INVITE in sdp=hold
             1.000  ->  100 (INVITE)
             1.000  ->  500 (INVITE) +Retry-After
             1.000  <-  ACK\n",
        );
    }
    script.push_str(
        "2.000  app  accept 1 held
         2.000  ->   200 (INVITE) cseq=101\n",
    );
    check(&script);
}
