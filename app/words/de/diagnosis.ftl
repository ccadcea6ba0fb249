why = Warum?
diagnosis_title = Warum geht es nicht?
diagnosis_line = Was für einen Anruf stimmen muss, eines nach dem anderen.
show_diagnosis = Alles prüfen
save_report = Bericht speichern
report_line = Der Bericht enthält, was hier steht, und die letzten Nachrichten vom und an den Server, ohne Passwörter und ohne Namen und Nummern anderer. Nichts wird verschickt.
report_title = Bericht von Hark
report_saved = Der Bericht ist in dieser Datei:
trace_in_report = Die letzten SIP-Nachrichten, insgesamt { $messages }, die älteste zuerst, mit Zeiten in UTC. Für Personen, Nummern, Rechner und Kennungen stehen Platzhalter wie user-1, number-1, host-1 und call-1: Der gleiche Platzhalter ist der gleiche Wert. Was mehr verraten könnte, ist ausgelassen (left out).
last_failures = Was zuletzt schiefging
no_failures = In letzter Zeit ist nichts schiefgegangen.
failed_times = {" "}({ $times }-mal)
account_heading = Konto { $account }
all_accounts = Für alle Konten
somebody = (jemand)
left_out = (ausgelassen)

topic_name = Name des Servers
topic_server = Server
topic_certificate = Zertifikat
topic_signed_in = Angemeldet
topic_keep_alive = Verbindung offen gehalten
topic_translator = Router
topic_sound = Ton
topic_devices = Mikrofon und Lautsprecher
topic_rest = Alles andere
verdict_ok = in Ordnung
verdict_not_ok = nicht in Ordnung
verdict_unknown = nicht bekannt

name_not_found = Kein Nameserver kennt { $server }. Prüfen Sie die Adresse des Kontos auf Tippfehler.
no_name_server = { $server } konnte nicht nachgeschlagen werden, weil kein Nameserver antwortet. Prüfen Sie die Netzverbindung.
name_is_address = { $host } ist eine Adresse; nachzuschlagen ist nichts.
name_found = { $host } wurde unter { $addresses } gefunden.
name_not_sought = Es wurde noch kein Server gesucht.
found_nothing = nichts
found_no_answer = keine Antwort

server_reached = Verbunden mit { $remote }, von { $local }.
server_answers = { $remote } antwortet.
server_not_tried = Es wurde noch kein Server versucht.

certificate_not_needed = Das Konto nutzt TCP ohne Verschlüsselung; ein Zertifikat gibt es nicht.
certificate_not_shown = Noch hat kein Server ein Zertifikat gezeigt.
certificate_good = { $days ->
    [one] Dem Zertifikat von { $subject } wird vertraut. Es gilt bis { $date }, noch einen Tag.
   *[other] Dem Zertifikat von { $subject } wird vertraut. Es gilt bis { $date }, noch { $days } Tage.
}
certificate_ends_soon = { $days ->
    [one] Das Zertifikat von { $subject } endet am { $date }, in einem Tag. Bitten Sie Ihre Administration, es zu erneuern.
   *[other] Das Zertifikat von { $subject } endet am { $date }, in { $days } Tagen. Bitten Sie Ihre Administration, es zu erneuern.
}
certificate_line = { $subject }, ausgestellt von { $issuer }, bis { $until }, SHA-256 { $fingerprint }

signed_in_as = Angemeldet als { $username } bei { $server }.
being_signed_in = Die Anmeldung läuft.
nobody_signed_in = Niemand ist angemeldet.
registered_until = Der Server kennt dieses Telefon bis { $time }; Hark erneuert das rechtzeitig.
password_was_asked = Der Server hat das Passwort verlangt und angenommen.
password_was_not_asked = Der Server hat kein Passwort verlangt.

no_connection_to_keep = Es gibt keine Verbindung, die offen zu halten wäre.
pings_unanswered = Nach { $seconds } s Stille wird ein Lebenszeichen gesendet. Dieser Server antwortet darauf nicht.
pings_answered = Alle { $seconds } s wird ein Lebenszeichen gesendet. Zuletzt hat der Server um { $time } geantwortet.
pings_agreed = Alle { $seconds } s wird ein Lebenszeichen gesendet, und der Server will antworten. Noch war keines fällig.
pings_unspoken = Alle { $seconds } s wird ein Lebenszeichen gesendet. Ob dieser Server antwortet, ist noch nicht bekannt.

no_translator = Der Server sieht diesen Computer unter seiner eigenen Adresse, { $seen }.
translator = Ein Router steht dazwischen: Dieser Computer ist { $local }, der Server sieht { $seen }.
translator_unknown = Der Server hat nicht gesagt, wo er diesen Computer sieht.
translator_advice = Ist in Anrufen nichts zu hören, tragen Sie in den Einstellungen des Kontos einen STUN- oder TURN-Server ein.

no_call_to_hear = Es gibt keinen Anruf. Öffnen Sie diese Seite während eines Anrufs, um zu sehen, wie er klingt.
sound_of_call = Codec: { $codec }, Verschlüsselung: { $encryption }.
measured = { $name }: { $last }, in der letzten Minute höchstens { $most }

no_devices = Weder Mikrofon noch Lautsprecher wurde gefunden. Schließen Sie ein Headset an.
found_no_loudspeaker = Kein Lautsprecher wurde gefunden. Schließen Sie ein Headset an.
found_no_microphone = Kein Mikrofon wurde gefunden. Schließen Sie ein Headset an.
device_file = die Datei { $path }
device_none = nichts, wie beim Start verlangt
devices_in_use = Lautsprecher: { $speaker }. Mikrofon: { $microphone }.
loudspeakers = Lautsprecher
microphones = Mikrofone

nothing_else = Sonst steht nichts im Weg.
