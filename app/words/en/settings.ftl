record = Record
stop_recording = Stop recording
stop = Stop
call_recording = Call recording
recordings_folder = Recordings go to
no_music_folder = Hark found no music folder; choose one
folder_not_whole = Type the full path of the folder, from the very beginning.
notice_caption = How the other side learns of it
consent = The law on recording calls differs from place to place. Often everybody in the call has to agree first. To ask them is up to you.
encrypt_recordings = Encrypt the recordings of this account
encrypted_line = Hark keeps the key in the keyring. Music players cannot open these files; Hark can save a copy that they can.
recording_saved = Recording saved
recording_copied = Copy without encryption saved
recording_copied_in_part = The recording breaks off; a copy of its beginning is saved
show_in_folder = Show in folder
save_copy = Save a copy without encryption
settings = Settings
account = Account
edit_account = Change
sign_out = Sign out
sign_out_ask = Sign out and forget this account and its password?
stay = Stay
server = Server
address = Address
state = State
voicemail_address = Voicemail
own_mailbox = Your own, on the server
audio = Audio
speaker = Calls are heard on
microphone = Speak into
ringer = Ring on
system_default = System default
add_speaker = Add a device to hear calls on
add_microphone = Add a device to speak into
add_ringer = Add a device to ring on
choose_device = Choose a device
device_not_connected = Not connected
test_tone = Play a tone
ring_test = Play a tone where calls ring
echo_test_label = Hear how you sound
echo_test_records = Level of the recording
echo_test_plays = Level of what is played
stop_echo_test = Stop
echo_cancellation = Remove the echo of the loudspeaker
noise_suppression = Reduce noise around me
gain_control = Make my voice neither too quiet nor too loud
check_microphone = Check the microphone
stop_check = Stop the check
speak_now = Say something; the bar moves with your voice.
appearance = Appearance and language
colours = Colours
language_label = Language
notifications = Notifications
no_notifications = This desktop shows no notifications. Calls still ring and raise this window.
calls = Calls
always_rings = Play on Phone from your own voicemail always rings. Nothing here forwards or blocks it.
forward_always = Forward every call to
forward_busy = While you are in a call, forward to
forward_no_answer = When you do not answer, forward to
forward_hint = Nowhere; calls ring here
forward_after = Ring here first for
forward_quiet = With Do not disturb and Appear offline, callers are turned away and no call is forwarded.
blocked = Blocked callers
blocked_hint = 2001, *@company.com, +1555*
block = Block
refuse_anonymous = Turn away callers who hide their number
flood = When many calls ring and hang up within a minute
flood_off = Let every call ring
asks_for_pin = My voicemail asks for a PIN anyway
pin = PIN of your voicemail
pin_hint = Digits
pin_wrong = A PIN has digits, * and # only.
keep_pin = Keep the PIN
pin_known = Hark keeps the PIN in the keyring and types it for you.
forget_pin = Forget the PIN
pin_in_clear = Type it even where others could listen in
diagnostics = Diagnostics
trace_line = For those who help you: what Hark and the server said to each other. It names who called whom and when. Passwords, PINs and keys are left out.
save_trace = Save as a file

move_up = Move { $device } up
move_down = Move { $device } down
remove_device = Remove { $device }
unblock = Unblock { $entry }
echo_test_recording = { $left ->
    [one] Say something. You hear it in 1 second.
   *[other] Say something. You hear it in { $left } seconds.
}
echo_test_playing = { $left ->
    [one] This is how others hear you. 1 second left.
   *[other] This is how others hear you. { $left } seconds left.
}
trace_saved = { $messages ->
    [one] 1 message is saved in:
   *[other] { $messages } messages are saved in:
}
unit_seconds = { $count ->
    [one] 1 second
   *[other] { $count } seconds
}
flood_after = { $limit ->
    [one] Turn callers away after 1 such call
   *[other] Turn callers away after { $limit } such calls
}
recording_for = Recording { $time }
notice_tone = A beep every 15 seconds
notice_announcement = A voice says so at the beginning
notice_none = Not at all; I tell them myself
no_file_manager = No file manager answered. The file is { $file }.
text_size = Text size
