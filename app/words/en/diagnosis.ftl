why = Why?
diagnosis_title = Why does it not work?
diagnosis_line = What has to be right for a call, one thing after the other.
show_diagnosis = Check everything
save_report = Save a report
report_line = The report holds what stands here and the last messages from and to the server, without passwords, and without the names and numbers of others. Nothing is sent anywhere.
report_title = Report of Hark
report_saved = The report is in this file:
trace_in_report = The last SIP messages, { $messages } of them, the oldest first, with times in UTC. In place of people, numbers, machines and identifiers there are stand-ins such as user-1, number-1, host-1 and call-1: the same stand-in is the same value. What could tell more than that is left out.
last_failures = What went wrong last
no_failures = Nothing has gone wrong lately.
failed_times = {" "}({ $times } times)
account_heading = Account { $account }
all_accounts = For all accounts
somebody = (somebody)
left_out = (left out)

topic_name = Name of the server
topic_server = Server
topic_certificate = Certificate
topic_signed_in = Signed in
topic_keep_alive = Connection kept open
topic_translator = Router
topic_sound = Sound
topic_devices = Microphone and loudspeaker
topic_rest = Everything else
verdict_ok = OK
verdict_not_ok = not OK
verdict_unknown = not known

name_not_found = No name server knows { $server }. Check the address of the account for a typing error.
no_name_server = { $server } could not be looked up, because no name server answers. Check the network connection.
name_is_address = { $host } is an address; nothing has to be looked up.
name_found = { $host } was found at { $addresses }.
name_not_sought = No server has been looked for yet.
found_nothing = nothing
found_no_answer = no answer

server_reached = Connected to { $remote }, from { $local }.
server_answers = { $remote } answers.
server_not_tried = No server has been tried yet.

certificate_not_needed = The account uses TCP without encryption, so there is no certificate.
certificate_not_shown = No server has shown a certificate yet.
certificate_good = { $days ->
    [one] The certificate of { $subject } is trusted. It is good until { $date }, for one more day.
   *[other] The certificate of { $subject } is trusted. It is good until { $date }, for { $days } more days.
}
certificate_ends_soon = { $days ->
    [one] The certificate of { $subject } ends on { $date }, in one day. Ask your administrator to renew it.
   *[other] The certificate of { $subject } ends on { $date }, in { $days } days. Ask your administrator to renew it.
}
certificate_line = { $subject }, issued by { $issuer }, until { $until }, SHA-256 { $fingerprint }

signed_in_as = Signed in as { $username } at { $server }.
being_signed_in = Signing in is under way.
nobody_signed_in = Nobody is signed in.
registered_until = The server knows this phone until { $time }; Hark renews that in time.
password_was_asked = The server asked for the password and took it.
password_was_not_asked = The server did not ask for the password.

no_connection_to_keep = There is no connection to keep open.
pings_unanswered = After { $seconds } s of silence a sign of life is sent. This server does not answer it.
pings_answered = Every { $seconds } s a sign of life is sent. The server last answered at { $time }.
pings_agreed = Every { $seconds } s a sign of life is sent, and the server has agreed to answer. None was due yet.
pings_unspoken = Every { $seconds } s a sign of life is sent. Whether this server answers is not known yet.

no_translator = The server sees this computer at its own address, { $seen }.
translator = A router stands between: this computer is { $local }, the server sees { $seen }.
translator_unknown = The server has not said where it sees this computer.
translator_advice = If you hear nothing in calls, set a STUN or TURN server in the account settings.

no_call_to_hear = There is no call. Open this page during a call to see how it sounds.
sound_of_call = Codec: { $codec }, encryption: { $encryption }.
measured = { $name }: { $last }, at most { $most } in the last minute

no_devices = No microphone and no loudspeaker was found. Connect a headset.
found_no_loudspeaker = No loudspeaker was found. Connect a headset.
found_no_microphone = No microphone was found. Connect a headset.
device_file = the file { $path }
device_none = none, as was asked for at the start
devices_in_use = Loudspeaker: { $speaker }. Microphone: { $microphone }.
loudspeakers = Loudspeakers
microphones = Microphones

nothing_else = Nothing else stands in the way.
