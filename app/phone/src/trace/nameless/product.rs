//! What a telephone or a server calls itself (RFC 3261 §20.35, §20.41): the maker, the model and the
//! version stay, and whatever else its owner has written there does not.

use super::LEFT_OUT;

/// Makers and versions, without what may be the number of one phone, or its owner's name in brackets.
pub(super) fn shown(value: &str) -> String {
    let open = value.find('(').unwrap_or(value.len());
    let (products, comment) = value.split_at_checked(open).unwrap_or((value, ""));
    let words = products.split_whitespace().take(MOST_PRODUCTS);
    let mut shown: Vec<&str> = words
        .map(|word| match is_product(word) {
            true => word,
            false => LEFT_OUT,
        })
        .collect();
    shown.extend((!comment.is_empty()).then_some(LEFT_OUT));
    shown.join(" ")
}

/// A known product, its model and its version; no number as long as one of a telephone or of a network card.
fn is_product(word: &str) -> bool {
    let runs = word.split(|sign: char| !sign.is_ascii_hexdigit());
    let longest = runs.map(str::len).max().unwrap_or_default();
    let mut pieces = word.split(['/', '-', '_', '+']);
    longest < LONGEST_RUN && pieces.all(|piece| is_version(piece) || is_known_product(piece))
}

/// The model may be written to the name: `snomD725`.
fn is_known_product(piece: &str) -> bool {
    let piece = piece.to_ascii_lowercase();
    let mut models = PRODUCTS.iter().filter_map(|name| piece.strip_prefix(name));
    models.any(|model| model.is_empty() || is_version(model))
}

/// `18.9`, `v2`, `T46G`: more digits than letters, of which there are few.
fn is_version(piece: &str) -> bool {
    let letters = piece.chars().filter(char::is_ascii_alphabetic).count();
    let digits = piece.chars().filter(char::is_ascii_digit).count();
    let dots = piece.chars().filter(|sign| *sign == '.').count();
    letters + digits + dots == piece.len() && letters <= digits && letters <= MOST_LETTERS
}

const MOST_PRODUCTS: usize = 8;
const MOST_LETTERS: usize = 3;
/// Of digits, and of those of base 16.
const LONGEST_RUN: usize = 7;

/// What a telephone or a server calls itself, in lower case. What is not here may be its owner's name.
const PRODUCTS: &[&str] = &[
    "3cxphone",
    "3cxphonesystem",
    "aastra",
    "acrobits",
    "asterisk",
    "audiocodes",
    "auerswald",
    "avaya",
    "avm",
    "baresip",
    "bintec",
    "blink",
    "box",
    "bria",
    "broadworks",
    "cisco",
    "client",
    "desktop",
    "digium",
    "exchange",
    "fanvil",
    "fon",
    "fpbx",
    "freeswitch",
    "fritz",
    "gateway",
    "git",
    "genband",
    "gigaset",
    "grandstream",
    "groundwire",
    "hark",
    "htek",
    "huawei",
    "innovaphone",
    "jitsi",
    "kamailio",
    "lancom",
    "linphone",
    "mediationserver",
    "metaswitch",
    "microsip",
    "microsoft",
    "mitel",
    "mod",
    "mod_sofia",
    "obihai",
    "oc",
    "openscape",
    "opensips",
    "openstage",
    "oracle",
    "panasonic",
    "pascom",
    "patton",
    "pbx",
    "phone",
    "pjsip",
    "pjsua",
    "poly",
    "polycom",
    "rc",
    "release",
    "ribbon",
    "rtc",
    "rtcc",
    "sangoma",
    "server",
    "siemens",
    "sip",
    "sipgate",
    "sipp",
    "snom",
    "sofia",
    "starface",
    "swyx",
    "twinkle",
    "uccapi",
    "um",
    "unify",
    "vtech",
    "vvx",
    "wildix",
    "yealink",
    "zoiper",
    "zte",
];
