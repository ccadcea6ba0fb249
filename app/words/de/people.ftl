### Past calls and contacts.

people = Personen
past_calls = Anrufe
contacts = Kontakte
search_calls = Anrufe durchsuchen
search_contacts = Kontakte durchsuchen
nothing_found = Nichts gefunden. Versuchen Sie ein anderes Wort oder einen Teil der Nummer.
no_voicemail_calls = Noch keine Anrufe bei Ihrer Voicemail oder von ihr.
no_contacts = Noch keine Kontakte. Legen Sie einen an, oder übernehmen Sie eine Datei Ihres Telefons oder Adressbuchs.
more_about = Mehr zu { $title }
remove_call = Diesen Anruf entfernen
add_to_contacts = Zu den Kontakten
add_contact = Neu
undo = Rückgängig
favourites = Favoriten
favourite = Favorit
not_favourite = { $name } aus den Favoriten nehmen
make_favourite = { $name } zum Favoriten machen
show_contact = { $name } zeigen
call_person = { $name } anrufen
call_address = { $address } anrufen
edit_contact = Bearbeiten
remove_contact = Entfernen
back_to_contacts = Alle Kontakte
new_contact = Neuer Kontakt
changed_contact = Kontakt bearbeiten
contact_name = Name
contact_address = Nummer oder Adresse
contact_address_about = Die erste wird angerufen, wenn Sie keine andere wählen.
address_kind = Art
keep_contact = Speichern
give_up_contact = Abbrechen
import_export = Übernehmen und ausgeben
import_title = Kontakte übernehmen
import_about = Eine Datei mit vCards (.vcf), wie Telefone und Adressbücher sie schreiben. Sie können sie auch auf dieses Fenster ziehen. Was schon da ist, wird nicht verdoppelt.
import_field = Datei
import_hint = kontakte.vcf
import_now = Übernehmen
export_title = Kontakte in eine Datei schreiben
export_about = Alle Kontakte als vCards, in Ihren Ordner für Downloads. Version 3.0 wird überall gelesen.
export_3 = Version 3.0 schreiben
export_4 = Version 4.0 schreiben
from_address_book = Aus Ihrem Adressbuch; ändern Sie ihn dort.
contacts_file_name = kontakte

label_work = Arbeit
label_mobile = Mobil
label_home = Privat
label_other = Andere

contact_name_missing = Ein Kontakt braucht einen Namen. Geben Sie einen ein.
contact_address_missing = Ein Kontakt braucht eine Nummer oder Adresse. Geben Sie eine ein.
contact_address_unusable = Das ist keine Nummer und keine Adresse. Geben Sie eine Nummer ein oder eine Adresse wie name@example.com.

call_removed = Der Anruf mit { $title } wurde entfernt.
contact_removed = { $name } wurde entfernt.
contacts_imported = { $added ->
    [one] 1 Kontakt kam hinzu, { $changed } wurden geändert.
   *[other] { $added } Kontakte kamen hinzu, { $changed } wurden geändert.
}
contacts_imported_in_part = { $added ->
    [one] 1 Kontakt kam hinzu, { $changed } wurden geändert. { $skipped } in der Datei kann man nicht anrufen.
   *[other] { $added } Kontakte kamen hinzu, { $changed } wurden geändert. { $skipped } in der Datei kann man nicht anrufen.
}
contacts_exported = { $contacts ->
    [one] 1 Kontakt wurde in { $file } geschrieben.
   *[other] { $contacts } Kontakte wurden in { $file } geschrieben.
}
