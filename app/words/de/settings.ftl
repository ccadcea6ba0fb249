record = Aufnehmen
stop_recording = Aufnahme beenden
stop = Stopp
call_recording = Aufnahme von Anrufen
recordings_folder = Aufnahmen kommen nach
no_music_folder = Hark fand keinen Musikordner; wählen Sie einen
folder_not_whole = Geben Sie den ganzen Pfad des Ordners ein, von ganz vorn an.
notice_caption = Wie die Gegenseite davon erfährt
consent = Das Recht auf Aufnahmen ist von Ort zu Ort verschieden. Oft müssen alle im Gespräch vorher zustimmen. Sie müssen selbst danach fragen.
encrypt_recordings = Aufnahmen dieses Kontos verschlüsseln
encrypted_line = Hark verwahrt den Schlüssel im Schlüsselbund. Musikprogramme können diese Dateien nicht öffnen; Hark kann eine Kopie speichern, die sie lesen können.
recording_saved = Aufnahme gespeichert
recording_copied = Kopie ohne Verschlüsselung gespeichert
recording_copied_in_part = Die Aufnahme bricht ab; eine Kopie ihres Anfangs ist gespeichert
show_in_folder = Im Ordner zeigen
save_copy = Eine Kopie ohne Verschlüsselung speichern
settings = Einstellungen
account = Konto
edit_account = Ändern
sign_out = Abmelden
sign_out_ask = Abmelden und dieses Konto mit seinem Passwort vergessen?
stay = Bleiben
server = Server
address = Adresse
state = Zustand
voicemail_address = Voicemail
own_mailbox = Ihre eigene, auf dem Server
audio = Ton
speaker = Anrufe hören über
microphone = Sprechen über
ringer = Klingeln auf
system_default = Vorgabe des Systems
add_speaker = Gerät zum Hören hinzufügen
add_microphone = Gerät zum Sprechen hinzufügen
add_ringer = Gerät zum Klingeln hinzufügen
choose_device = Gerät wählen
device_not_connected = Nicht angeschlossen
test_tone = Einen Ton abspielen
ring_test = Einen Ton dort abspielen, wo es klingelt
echo_test_label = Hören, wie Sie klingen
echo_test_records = Pegel der Aufnahme
echo_test_plays = Pegel der Wiedergabe
stop_echo_test = Stopp
echo_cancellation = Echo des Lautsprechers entfernen
noise_suppression = Geräusche um mich dämpfen
gain_control = Meine Stimme weder zu leise noch zu laut machen
check_microphone = Mikrofon prüfen
stop_check = Prüfung beenden
speak_now = Sagen Sie etwas; der Balken folgt Ihrer Stimme.
appearance = Aussehen und Sprache
colours = Farben
language_label = Sprache
notifications = Benachrichtigungen
no_notifications = Dieser Desktop zeigt keine Benachrichtigungen. Anrufe klingeln trotzdem und holen dieses Fenster nach vorn.
calls = Anrufe
always_rings = Die Wiedergabe am Telefon Ihrer eigenen Voicemail klingelt immer. Nichts hier leitet sie weiter oder sperrt sie.
forward_always = Jeden Anruf weiterleiten an
forward_busy = Während eines Anrufs weiterleiten an
forward_no_answer = Wenn Sie nicht abheben, weiterleiten an
forward_hint = Nirgendwohin; Anrufe klingeln hier
forward_after = Vorher hier klingeln für
forward_quiet = Bei „Bitte nicht stören“ und „Als offline anzeigen“ werden Anrufer abgewiesen, und kein Anruf wird weitergeleitet.
blocked = Gesperrte Anrufer
blocked_hint = 2001, *@firma.de, +4930*
block = Sperren
refuse_anonymous = Anrufer abweisen, die ihre Nummer verbergen
flood = Wenn viele Anrufe binnen einer Minute klingeln und auflegen
flood_off = Jeden Anruf klingeln lassen
asks_for_pin = Meine Voicemail fragt trotzdem nach einer PIN
pin = PIN Ihrer Voicemail
pin_hint = Ziffern
pin_wrong = Eine PIN besteht nur aus Ziffern, * und #.
keep_pin = PIN merken
pin_known = Hark verwahrt die PIN im Schlüsselbund und tippt sie für Sie.
forget_pin = PIN vergessen
pin_in_clear = Auch dort tippen, wo andere mithören könnten
diagnostics = Diagnose
trace_line = Für alle, die Ihnen helfen: was Hark und der Server einander gesagt haben. Darin steht, wer wann wen angerufen hat. Passwörter, PINs und Schlüssel fehlen darin.
save_trace = Als Datei speichern

move_up = { $device } nach oben
move_down = { $device } nach unten
remove_device = { $device } entfernen
unblock = { $entry } nicht mehr sperren
echo_test_recording = { $left ->
    [one] Sagen Sie etwas. Sie hören es in 1 Sekunde.
   *[other] Sagen Sie etwas. Sie hören es in { $left } Sekunden.
}
echo_test_playing = { $left ->
    [one] So hören andere Sie. Noch 1 Sekunde.
   *[other] So hören andere Sie. Noch { $left } Sekunden.
}
trace_saved = { $messages ->
    [one] 1 Nachricht ist gespeichert in:
   *[other] { $messages } Nachrichten sind gespeichert in:
}
unit_seconds = { $count ->
    [one] 1 Sekunde
   *[other] { $count } Sekunden
}
flood_after = { $limit ->
    [one] Anrufer nach 1 solchem Anruf abweisen
   *[other] Anrufer nach { $limit } solchen Anrufen abweisen
}
recording_for = Aufnahme { $time }
notice_tone = Alle 15 Sekunden ein Piepton
notice_announcement = Eine Stimme sagt es am Anfang
notice_none = Gar nicht; ich sage es selbst
no_file_manager = Kein Dateimanager hat geantwortet. Die Datei ist { $file }.
text_size = Größe des Textes
