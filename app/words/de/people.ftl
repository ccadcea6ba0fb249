### Past calls and contacts.

people = Personen
past_calls = Anrufe
contacts = Kontakte
search_calls = Anrufe durchsuchen
search_contacts = Kontakte durchsuchen
nothing_found = Nichts gefunden. Versuchen Sie ein anderes Wort oder einen Teil der Nummer.
no_voicemail_calls = Noch keine Anrufe bei Ihrer Voicemail oder von ihr.
no_contacts = Noch keine Kontakte. Legen Sie einen an, oder importieren Sie eine Datei Ihres Telefons oder Adressbuchs.
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
import_export = Import und Export
import_title = Kontakte importieren
import_about = Eine Datei mit vCards (.vcf), wie Telefone und Adressbücher sie schreiben. Sie können sie auch auf dieses Fenster ziehen. Was schon da ist, wird nicht verdoppelt.
import_field = Datei
import_hint = kontakte.vcf
import_now = Importieren
export_title = Kontakte exportieren
export_about = Alle Kontakte als vCards, in Ihren Ordner für Downloads. Version 3.0 lässt sich überall lesen.
export_3 = Als Version 3.0 exportieren
export_4 = Als Version 4.0 exportieren
from_address_book = Aus Ihrem Adressbuch; ändern Sie ihn dort.
contacts_file_name = kontakte

label_work = Arbeit
label_mobile = Mobil
label_home = Privat
label_other = Andere

contact_name_missing = Ein Kontakt braucht einen Namen. Geben Sie einen ein.
contact_address_missing = Ein Kontakt braucht eine Nummer oder Adresse. Geben Sie eine ein.
contact_address_unusable = Das ist weder eine Nummer noch eine Adresse. Geben Sie eine Nummer oder eine Adresse wie name@example.com ein.

call_removed = Der Anruf mit { $title } wurde entfernt.
contact_removed = { $name } wurde entfernt.
contacts_imported = { $added ->
    [one] 1 Kontakt hinzugefügt, { $changed } geändert.
   *[other] { $added } Kontakte hinzugefügt, { $changed } geändert.
}
contacts_imported_in_part = { $added ->
    [one] 1 Kontakt hinzugefügt, { $changed } geändert. Ausgelassen, weil ohne brauchbare Nummer: { $skipped }.
   *[other] { $added } Kontakte hinzugefügt, { $changed } geändert. Ausgelassen, weil ohne brauchbare Nummer: { $skipped }.
}
contacts_exported = { $contacts ->
    [one] 1 Kontakt wurde in { $file } geschrieben.
   *[other] { $contacts } Kontakte wurden in { $file } geschrieben.
}
