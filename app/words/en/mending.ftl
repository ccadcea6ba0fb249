address_wrong = This is not an address. Write it like name@company.com, without spaces.
server_wrong = This is not the name of a server. Type a name or an address, with a port if needed, like sip.company.com:5061.
voicemail_wrong = This is neither a number nor an address. Write it like *97 or voicemail@company.com.
region_wrong = Hark does not know this country. Type its two letters, like DE, or its name.
ca_file_unreadable = There is no file of this name that Hark can read. Choose another one.
ca_file_empty = This file holds no certificate. Ask your administrator for the authority's certificate as a PEM file.
ca_file_holds = In this file: { $subject }, fingerprint { $fingerprint }
choose_file = Choose…
choose_ca_file = Choose the certificate authority file
choose_ca_file_title = Choose the certificate authority file
no_file_chooser = This desktop cannot show files to choose from. Type the path of the file, or drop the file on this window.
save_account = Save

mend_address = Check the address
mend_password = Type the password
mend_username = Check the user name
mend_region = Check the country
mend_server = Check the server and its port

shown_certificate = What the server showed
shown_subject = Certificate of
shown_issuer = Issued by
shown_names = For the names
shown_until = Valid until
shown_fingerprint = SHA-256 fingerprint
compare_authority = Ask your administrator to read the fingerprint to you. If both are the same, ask for the certificate authority file and choose it here. If they differ, somebody may be listening in.
compare_certificate = Tell your administrator what is written here. Hark does not connect until it is right.
