### The address book of a server, and what is in its way.

book_no_address = Type the address of the server that has your address book.
book_address_wrong = This is not the address of a server. Write it like dav.example.com or https://dav.example.com/contacts, without a user name.
book_not_secure = Your password would go to this server without encryption. Write its address with https://.
book_no_password = The keyring of this computer holds no password for the address book. Type it.
book_ca_file = The certificate authority file for the address book cannot be used ({ $reason }). Choose another one.
book_other_sign_in = The server of the address book wants another way of signing in than user name and password. Ask its administrator for a password for apps.
book_wrong_password = The server of the address book does not accept the user name or the password. Type them again.
book_forbidden = The server does not let you read this address book. Ask its administrator.
book_none = No address book was found there. Type the whole address of your address book; its server or administrator can tell it.
book_elsewhere = The server leads on to { $host }, and your password is only for the server that you have chosen. If you trust { $host }, type its address.
book_leads_on = The server of the address book leads on from one address to the next without end. Ask its administrator for the right address.
book_status = The server of the address book has a problem (HTTP { $status }). Hark tries again by itself.
book_not_understood = What the server sent is not an address book. Check its address, or ask its administrator.
book_too_large = The address book is too large for Hark, which reads 20,000 contacts. Type the address of a smaller one.
book_not_found = The server of the address book was not found. Check its address and the network connection; Hark tries again by itself.
book_certificate = The certificate of the address book's server cannot be trusted ({ $reason }). Ask its administrator.
book_too_slow = The server of the address book did not answer in time. Hark tries again by itself.
book_unreachable = The server of the address book cannot be reached. Check the network connection; Hark tries again by itself.
contact_is_a_copy = This contact comes from the address book of a server. Change it there; Hark follows.
address_book_off = No address book of a server is switched on. Switch it on in the settings.

address_book = Address book of a server
address_book_about = Contacts from a server that speaks CardDAV, as Nextcloud, Radicale and many others do. Hark reads them and changes nothing there; the password stays in the keyring.
address_book_on = Use this address book
address_book_url = Address of the server
address_book_url_hint = dav.company.com
address_book_username = User name there
address_book_password = Password there
address_book_password_kept = In the keyring
address_book_ca_file = Certificate authority file for the address book
address_book_switch_on = Switch on
address_book_save = Save
address_book_give_up = Cancel
address_book_update = Update now
address_book_change = Change server
address_book_switch_off = Switch off
address_book_off_ask = { $contacts ->
    [one] Switch it off? 1 contact is removed from Hark, and its star is forgotten. The server keeps it.
   *[other] Switch it off? { $contacts } contacts are removed from Hark, and their stars are forgotten. The server keeps them.
}
address_book_stay = Keep it on
address_book_updating = Asking the server…
address_book_standing = { $contacts ->
    [one] 1 contact, updated at { $time }
   *[other] { $contacts } contacts, updated at { $time }
}
address_book_from = { $contacts ->
    [one] 1 contact from before is still here. Updated last: { $time }.
   *[other] { $contacts } contacts from before are still here. Updated last: { $time }.
}
address_book_from_before = { $contacts ->
    [one] 1 contact from before is still here.
   *[other] { $contacts } contacts from before are still here.
}
address_book_where = Contacts from a server’s address book (CardDAV)
