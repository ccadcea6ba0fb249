address_wrong = This is no address. Write it like name@company.com, without spaces.
server_wrong = This is no server. Write a name or an address, with a port if needed, like sip.company.com:5061.
voicemail_wrong = This is neither a number nor an address. Write it like *97 or voicemail@company.com.
region_wrong = This is no country that Hark knows. Write its two letters, like DE, or its name.
ca_file_unreadable = There is no file of this name that can be read. Choose another one.
ca_file_empty = This file holds no certificate. Ask the administrator for the authority's certificate as a PEM file.
ca_file_holds = In this file: { $subject }, fingerprint { $fingerprint }
choose_file = Choose…
choose_ca_file = Choose the authority's file
choose_ca_file_title = Choose the file of the certificate authority
no_file_chooser = This desktop shows no list of files. Type the path of the file, or drop the file into this window.
save_account = Save

mend_address = Check the address
mend_password = Type the password
mend_username = Check the user name
mend_region = Check the country
mend_server = Check the server and its port

shown_certificate = What the server has shown
shown_subject = Certificate of
shown_issuer = Issued by
shown_names = For the names
shown_until = Valid until
shown_fingerprint = SHA-256 fingerprint
compare_authority = Ask the administrator to read the fingerprint to you. If both are the same, ask for the authority's file and choose it here. If they differ, somebody may be listening in.
compare_certificate = Tell the administrator what stands here. Hark does not connect until it is right.
