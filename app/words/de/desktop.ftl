call_back_label = Zurückrufen
listen = Anhören
open = Hark öffnen
quit = Beenden
stays_title = Hark läuft weiter
start_up = Mit dem Desktop starten
autostart = Beim Anmelden starten, ohne Fenster, damit Anrufe klingeln
not_running = Hark läuft nicht.
keys = Tasten
close = Schließen
show_keys = Alle Tasten zeigen
minimise = Minimieren
maximise = Maximieren
restore = Größe wiederherstellen
close_window = Fenster schließen

stays_told = Anrufe an { $address } klingeln weiterhin. Starten Sie Hark noch einmal, um das Fenster zu sehen; dort beendet Strg+Q das Programm.
missed_one = Verpasster Anruf.
missed_many = Verpasster Anruf. Sie haben { $missed } Anrufe verpasst.
missed_calls = { $missed ->
    [one] 1 verpasster Anruf
   *[other] { $missed } verpasste Anrufe
}
voicemail_of = Voicemail für { $account }
new_messages_told = { $new ->
    [one] 1 neue Nachricht.
   *[other] { $new } neue Nachrichten.
}
urgent_messages_told = { $new ->
    [one] 1 neue Nachricht, { $urgent } dringend.
   *[other] { $new } neue Nachrichten, { $urgent } dringend.
}
autostart_failed = Hark konnte nicht so eingestellt werden, dass es beim Anmelden startet ({ $reason }). Prüfen Sie, ob Hark in Ihren Konfigurationsordner schreiben darf.
not_set_up = Noch nicht eingerichtet
status_no_account = Es gibt noch kein Konto. Starten Sie Hark und melden Sie sich an.

keys_digits = Wählen, oder im Anruf Ziffern senden
keys_tab = Zum nächsten Bedienelement
keys_escape = Schließen, was obenauf liegt
keys_help = Diese Tasten
keys_hang_up = Auflegen oder ablehnen
keys_mute = Stumm schalten oder Ton an
keys_hold = Halten oder fortsetzen
key_star = Stern
key_hash = Raute
keys_larger = Größerer Text
keys_smaller = Kleinerer Text
keys_usual_size = Text in üblicher Größe
