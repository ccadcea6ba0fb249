### The address book of a server, and what is in its way.

book_no_address = Geben Sie die Adresse des Servers ein, der Ihr Adressbuch hat.
book_address_wrong = Das ist keine Adresse eines Servers. Schreiben Sie sie wie dav.example.com oder https://dav.example.com/kontakte, ohne Benutzernamen.
book_not_secure = Ihr Passwort ginge unverschlüsselt zu diesem Server. Schreiben Sie seine Adresse mit https://.
book_no_password = Der Schlüsselbund dieses Computers enthält kein Passwort für das Adressbuch. Geben Sie es ein.
book_ca_file = Die Datei der Zertifizierungsstelle für das Adressbuch ist nicht zu gebrauchen ({ $reason }). Wählen Sie eine andere.
book_other_sign_in = Der Server des Adressbuchs verlangt eine andere Anmeldung als mit Benutzername und Passwort. Bitten Sie seine Administration um ein Passwort für Apps.
book_wrong_password = Der Server des Adressbuchs nimmt den Benutzernamen oder das Passwort nicht an. Geben Sie beides noch einmal ein.
book_forbidden = Der Server lässt Sie dieses Adressbuch nicht lesen. Fragen Sie seine Administration.
book_none = Dort wurde kein Adressbuch gefunden. Geben Sie die ganze Adresse Ihres Adressbuchs ein; sein Server oder die Administration kennt sie.
book_elsewhere = Der Server führt weiter zu { $host }, Ihr Passwort ist aber nur für den Server, den Sie gewählt haben. Wenn Sie { $host } vertrauen, geben Sie dessen Adresse ein.
book_leads_on = Der Server des Adressbuchs führt ohne Ende von einer Adresse zur nächsten. Fragen Sie seine Administration nach der richtigen Adresse.
book_status = Der Server des Adressbuchs hat eine Störung (HTTP { $status }). Hark versucht es von selbst wieder.
book_not_understood = Was der Server geschickt hat, ist kein Adressbuch. Prüfen Sie seine Adresse, oder fragen Sie seine Administration.
book_too_large = Das Adressbuch ist zu groß für Hark, das 20.000 Kontakte liest. Geben Sie die Adresse eines kleineren ein.
book_not_found = Der Server des Adressbuchs wurde nicht gefunden. Prüfen Sie seine Adresse und die Netzverbindung; Hark versucht es von selbst wieder.
book_certificate = Dem Zertifikat des Adressbuch-Servers ist nicht zu trauen ({ $reason }). Fragen Sie seine Administration.
book_too_slow = Der Server des Adressbuchs hat nicht rechtzeitig geantwortet. Hark versucht es von selbst wieder.
book_unreachable = Der Server des Adressbuchs ist nicht zu erreichen. Prüfen Sie die Netzverbindung; Hark versucht es von selbst wieder.
contact_is_a_copy = Dieser Kontakt kommt aus dem Adressbuch eines Servers. Ändern Sie ihn dort; Hark übernimmt es.
address_book_off = Es ist kein Adressbuch eines Servers eingeschaltet. Schalten Sie es in den Einstellungen ein.

address_book = Adressbuch eines Servers
address_book_about = Kontakte von einem Server, der CardDAV spricht, wie Nextcloud, Radicale und viele andere. Hark liest sie und ändert dort nichts; das Passwort bleibt im Schlüsselbund.
address_book_on = Dieses Adressbuch verwenden
address_book_url = Adresse des Servers
address_book_url_hint = dav.firma.de
address_book_username = Benutzername dort
address_book_password = Passwort dort
address_book_password_kept = Im Schlüsselbund
address_book_ca_file = Datei der Zertifizierungsstelle für das Adressbuch
address_book_switch_on = Einschalten
address_book_save = Speichern
address_book_give_up = Abbrechen
address_book_update = Jetzt abgleichen
address_book_change = Server ändern
address_book_switch_off = Ausschalten
address_book_off_ask = { $contacts ->
    [one] Ausschalten? 1 Kontakt wird aus Hark entfernt, sein Stern wird vergessen. Der Server behält ihn.
   *[other] Ausschalten? { $contacts } Kontakte werden aus Hark entfernt, ihre Sterne werden vergessen. Der Server behält sie.
}
address_book_stay = Behalten
address_book_updating = Der Server wird gefragt …
address_book_standing = { $contacts ->
    [one] 1 Kontakt, abgeglichen um { $time }
   *[other] { $contacts } Kontakte, abgeglichen um { $time }
}
address_book_from = { $contacts ->
    [one] 1 Kontakt von vorher ist noch da. Zuletzt abgeglichen: { $time }.
   *[other] { $contacts } Kontakte von vorher sind noch da. Zuletzt abgeglichen: { $time }.
}
address_book_from_before = { $contacts ->
    [one] 1 Kontakt von vorher ist noch da.
   *[other] { $contacts } Kontakte von vorher sind noch da.
}
address_book_where = Kontakte aus dem Adressbuch eines Servers (CardDAV)
