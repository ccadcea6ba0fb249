voicemail = Voicemail
call_voicemail = Call Voicemail
recent = Recent
all_calls = All calls
no_recent = Your calls will be listed here.
call = Call
erase = Erase the last character
number_field = Number or address
number_hint = Name or number
presence_label = Presence
presence_title = Who may ring you
all = All
missed = Missed
no_history = No calls yet.
no_missed = No missed calls.
clear = Clear
clear_ask = Remove all calls from this list?
remove_all = Remove all
keep = Keep
details = Technical details
try_now = Try now
dismiss = Dismiss
offline_title = Can't reach the phone system
offline_of = Can't reach the phone system of { $account }
failed_title = Not signed in
failed_of = Not signed in: { $account }
connecting = Connecting…
change_account = Change the account
demo_failed = The built-in voicemail server did not start.
demo_title = Built-in voicemail server
demo_line = Try this: set yourself to Appear offline, then press both. Only your own voicemail rings.
demo_play = Play on Phone
demo_call = Call from Priya Raman
demo_leave = Leave the demo
demo_about = You use a voicemail server inside this program. Nothing leaves this computer.
no_display =
    Hark cannot open a window, because it finds no desktop to open it on.
    Start it in a desktop session: DISPLAY or WAYLAND_DISPLAY must be set. Without a window, `hark headless` works.
automatic = Automatic
automatic_line = Available, busy in a call, away when you are. Every call rings.

tab_home = Home
tab_with_new = { $tab }, { $badge } new

available = Available
busy = Busy
do_not_disturb = Do not disturb
away = Away
appear_offline = Appear offline
available_rings = Every call rings.
busy_rings = Every call rings. You are marked as busy.
do_not_disturb_rings = Only your own voicemail rings you.
away_rings = Every call rings. You are marked as away.
appear_offline_rings = Only your own voicemail rings you. Callers find you offline.
presence_button = Presence: { $state }

messages_unknown = Listen to your messages
messages_none = No messages
messages_saved = No new messages · { $old } saved
messages_new = { $new ->
    [one] 1 new message
   *[other] { $new } new messages
}
urgent_messages = { $urgent } urgent

pin_not_needed = No PIN needed
pin_not_signed_in = Sign in first to call your voicemail
pin_not_encrypted = PIN needed: the connection is not encrypted
pin_not_authenticated = PIN needed: the server did not ask for a password
pin_other_domain = PIN needed: your voicemail is in another domain
pin_asked_for = PIN needed: the server asks for it

outcome_incoming = Incoming
outcome_outgoing = Outgoing
outcome_missed = Missed
outcome_declined = Declined
outcome_not_taken = Not accepted
outcome_refused = Turned away
outcome_forwarded = Forwarded
outcome_answered_elsewhere = Answered elsewhere
outcome_failed = Failed
outcome_cancelled = Cancelled
call_back = Call back { $title }
