voicemail = Voicemail
call_voicemail = Voicemail anrufen
recent = Zuletzt
all_calls = Alle Anrufe
no_recent = Hier stehen künftig Ihre Anrufe.
call = Anrufen
erase = Das letzte Zeichen löschen
number_field = Nummer oder Adresse
number_hint = Name oder Nummer
presence_label = Anwesenheit
presence_title = Wer darf Sie anrufen
all = Alle
missed = Verpasst
no_history = Noch keine Anrufe.
no_missed = Keine verpassten Anrufe.
clear = Leeren
clear_ask = Alle Anrufe aus dieser Liste entfernen?
remove_all = Alle entfernen
keep = Behalten
details = Technische Einzelheiten
try_now = Jetzt versuchen
dismiss = Schließen
offline_title = Die Telefonanlage ist nicht zu erreichen
offline_of = Die Telefonanlage von { $account } ist nicht zu erreichen
failed_title = Nicht angemeldet
failed_of = Nicht angemeldet: { $account }
connecting = Verbinden …
change_account = Konto ändern
demo_failed = Der eingebaute Voicemail-Server ist nicht gestartet.
demo_title = Eingebauter Voicemail-Server
demo_line = Probieren Sie: Stellen Sie sich auf „Als offline anzeigen“ und drücken Sie dann beides. Nur Ihre eigene Voicemail klingelt.
demo_play = Wiedergabe am Telefon
demo_call = Anruf von Priya Raman
demo_leave = Vorführung verlassen
demo_about = Sie benutzen einen Voicemail-Server in diesem Programm. Nichts verlässt diesen Computer.
no_display =
    Hark kann kein Fenster öffnen, weil es keinen Desktop dafür findet.
    Starten Sie es in einer Desktop-Sitzung: DISPLAY oder WAYLAND_DISPLAY muss gesetzt sein. Ohne Fenster geht `hark headless`.
automatic = Automatisch
automatic_line = Verfügbar, im Anruf beschäftigt, abwesend, wenn Sie fort sind. Jeder Anruf klingelt.

tab_home = Start
tab_with_new = { $tab }, { $badge } neu

available = Verfügbar
busy = Beschäftigt
do_not_disturb = Bitte nicht stören
away = Abwesend
appear_offline = Als offline anzeigen
available_rings = Jeder Anruf klingelt.
busy_rings = Jeder Anruf klingelt. Sie sind als beschäftigt zu sehen.
do_not_disturb_rings = Nur Ihre eigene Voicemail klingelt.
away_rings = Jeder Anruf klingelt. Sie sind als abwesend zu sehen.
appear_offline_rings = Nur Ihre eigene Voicemail klingelt. Für Anrufer sind Sie offline.
presence_button = Anwesenheit: { $state }

messages_unknown = Hören Sie Ihre Nachrichten ab
messages_none = Keine Nachrichten
messages_saved = Keine neuen Nachrichten · { $old } gespeichert
messages_new = { $new ->
    [one] 1 neue Nachricht
   *[other] { $new } neue Nachrichten
}
urgent_messages = { $urgent } dringend

pin_not_needed = Keine PIN nötig
pin_not_signed_in = Melden Sie sich an, um Ihre Voicemail anzurufen
pin_not_encrypted = PIN nötig: Die Verbindung ist nicht verschlüsselt
pin_not_authenticated = PIN nötig: Der Server hat kein Passwort verlangt
pin_other_domain = PIN nötig: Die Voicemail liegt in einer anderen Domäne
pin_asked_for = PIN nötig: Der Server fragt danach

outcome_incoming = Eingehend
outcome_outgoing = Ausgehend
outcome_missed = Verpasst
outcome_declined = Abgelehnt
outcome_not_taken = Nicht angenommen
outcome_refused = Abgewiesen
outcome_forwarded = Weitergeleitet
outcome_answered_elsewhere = Anderswo angenommen
outcome_failed = Fehlgeschlagen
outcome_cancelled = Abgebrochen
call_back = { $title } zurückrufen
