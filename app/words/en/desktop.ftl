call_back_label = Call back
listen = Listen
open = Open Hark
quit = Quit
stays_title = Hark keeps running
start_up = Start with the desktop
autostart = Start when you log in, without a window, so that calls ring
not_running = Hark is not running.
keys = Keys
close = Close
show_keys = Show all keys
minimise = Minimise
maximise = Maximise
restore = Restore the size
close_window = Close the window

stays_told = Calls to { $address } still ring. Start Hark again to see its window; press Ctrl+Q there to quit.
missed_one = Missed call.
missed_many = Missed call. You have missed { $missed } calls.
missed_calls = { $missed ->
    [one] 1 missed call
   *[other] { $missed } missed calls
}
voicemail_of = Voicemail for { $account }
new_messages_told = { $new ->
    [one] 1 new message.
   *[other] { $new } new messages.
}
urgent_messages_told = { $new ->
    [one] 1 new message, { $urgent } urgent.
   *[other] { $new } new messages, { $urgent } urgent.
}
autostart_failed = Hark could not be set to start when you log in ({ $reason }). Check that Hark may write to your configuration folder.
not_set_up = Not set up yet
status_no_account = There is no account yet. Start Hark and sign in.

keys_digits = Dial, or send digits in a call
keys_tab = Go to the next control
keys_escape = Close what lies on top
keys_help = These keys
keys_hang_up = Hang up or decline
keys_mute = Mute or unmute
keys_hold = Hold or resume
key_star = Star
key_hash = Hash
keys_larger = Larger text
keys_smaller = Smaller text
keys_usual_size = Text of the usual size
