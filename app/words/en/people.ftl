### Past calls and contacts.

people = People
past_calls = Calls
contacts = Contacts
search_calls = Search calls
search_contacts = Search contacts
nothing_found = Nothing was found. Try another word, or a part of the number.
no_voicemail_calls = No calls to or from your voicemail yet.
no_contacts = No contacts yet. Add one, or import a file from your phone or address book.
more_about = More about { $title }
remove_call = Remove this call
add_to_contacts = Add to contacts
add_contact = Add
undo = Undo
favourites = Favourites
favourite = Favourite
not_favourite = Remove { $name } from the favourites
make_favourite = Make { $name } a favourite
show_contact = Show { $name }
call_person = Call { $name }
call_address = Call { $address }
edit_contact = Edit
remove_contact = Remove
back_to_contacts = All contacts
new_contact = New contact
changed_contact = Edit contact
contact_name = Name
contact_address = Number or address
contact_address_about = The first one is called unless you choose another.
address_kind = Kind
keep_contact = Save
give_up_contact = Cancel
import_export = Import and export
import_title = Import contacts
import_about = A file of vCards (.vcf), as phones and address books write it. You can also drop it on this window. Contacts that are here already are not added twice.
import_field = File
import_hint = contacts.vcf
import_now = Import
export_title = Export contacts
export_about = All contacts as vCards, to your folder for downloads. Version 3.0 can be read everywhere.
export_3 = Export as version 3.0
export_4 = Export as version 4.0
from_address_book = From your address book; change it there.
contacts_file_name = contacts

label_work = Work
label_mobile = Mobile
label_home = Home
label_other = Other

contact_name_missing = A contact needs a name. Type one.
contact_address_missing = A contact needs a number or an address. Type one.
contact_address_unusable = This is neither a number nor an address. Type a number, or an address like name@example.com.

call_removed = The call with { $title } was removed.
contact_removed = { $name } was removed.
contacts_imported = { $added ->
    [one] 1 contact was added, { $changed } changed.
   *[other] { $added } contacts were added, { $changed } changed.
}
contacts_imported_in_part = { $added ->
    [one] 1 contact was added, { $changed } changed. Left out, because they have no usable number: { $skipped }.
   *[other] { $added } contacts were added, { $changed } changed. Left out, because they have no usable number: { $skipped }.
}
contacts_exported = { $contacts ->
    [one] 1 contact was written to { $file }.
   *[other] { $contacts } contacts were written to { $file }.
}
