address_wrong = Das ist keine Adresse. Schreiben Sie sie wie name@firma.de, ohne Leerzeichen.
server_wrong = Das ist nicht der Name eines Servers. Geben Sie einen Namen oder eine Adresse ein, bei Bedarf mit Port, wie sip.firma.de:5061.
voicemail_wrong = Das ist weder eine Nummer noch eine Adresse. Schreiben Sie sie wie *97 oder voicemail@firma.de.
region_wrong = Dieses Land kennt Hark nicht. Geben Sie seine zwei Buchstaben ein, wie DE, oder seinen Namen.
ca_file_unreadable = Es gibt keine Datei dieses Namens, die Hark lesen kann. Wählen Sie eine andere.
ca_file_empty = Diese Datei enthält kein Zertifikat. Bitten Sie Ihre Administration um das Zertifikat der Zertifizierungsstelle als PEM-Datei.
ca_file_holds = In dieser Datei: { $subject }, Fingerabdruck { $fingerprint }
choose_file = Auswählen …
choose_ca_file = Datei der Zertifizierungsstelle wählen
choose_ca_file_title = Datei der Zertifizierungsstelle wählen
no_file_chooser = Dieser Desktop zeigt keine Dateien zur Auswahl. Geben Sie den Pfad der Datei ein, oder ziehen Sie die Datei auf dieses Fenster.
save_account = Speichern

mend_address = Adresse prüfen
mend_password = Passwort eingeben
mend_username = Benutzernamen prüfen
mend_region = Land prüfen
mend_server = Server und Port prüfen

shown_certificate = Was der Server gezeigt hat
shown_subject = Zertifikat von
shown_issuer = Ausgestellt von
shown_names = Für die Namen
shown_until = Gültig bis
shown_fingerprint = SHA-256-Fingerabdruck
compare_authority = Lassen Sie sich den Fingerabdruck von Ihrer Administration vorlesen. Sind beide gleich, bitten Sie sie um die Datei der Zertifizierungsstelle und wählen Sie sie hier. Sind sie verschieden, hört vielleicht jemand mit.
compare_certificate = Sagen Sie Ihrer Administration, was hier steht. Hark verbindet sich erst, wenn es stimmt.
