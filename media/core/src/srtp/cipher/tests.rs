//! The test vectors of RFC 3711 appendix B.2 and of RFC 7714 §16 and §17, under session keys that
//! they give.

use super::super::tests::unhex;
use super::*;

/// The first key stream of RFC 3711 appendix B.2.
#[test]
fn the_key_stream_is_that_of_rfc_3711() {
    let keys = SessionKeys {
        cipher: unhex("2B7E151628AED2A6ABF7158809CF4F3C"),
        authentication: [0; 20],
        salt: unhex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"),
    };
    let cipher = CounterMode::new(&keys, LONG_TAG);
    let mut stream = vec![0; 0xff02 * 16];
    cipher.apply(Number { ssrc: 0, index: 0 }, &mut stream);
    let begins = "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB
                  41E95B3BB0A2E8DD477901E4FCA894C0";
    assert_eq!(stream[..48], unhex(begins));
    let ends = "EC8CDF7398607CB0F2D21675EA9EA1E4 362B7C3C6773516318A077D7FC5073AE
                6A2CC3787889374FBEB4C81B17BA6C44";
    assert_eq!(stream[0xfeff * 16..], unhex(ends));
}

/// RFC 7714 §16: "Gallia est omnis divisa in partes tres".
#[test]
fn packets_are_those_of_rfc_7714() {
    let clear = "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976
                 69736120 696e2070 61727465 73207472 6573";
    for (suite, sealed) in [
        (
            SrtpSuite::AeadAes128Gcm,
            "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5
             0d294e6f 42a5f47a 51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce",
        ),
        (
            SrtpSuite::AeadAes256Gcm,
            "8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238
             9a58e2f3 b50b2a02 76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13",
        ),
    ] {
        let cipher = quid_pro_quo(suite);
        let number = Number {
            ssrc: 0x5501_a0b2,
            index: 0xf17b,
        };
        let mut packet = BytesMut::from(&unhex(clear)[..]);
        cipher.seal_rtp(number, 12, &[], &mut packet);
        assert_eq!(packet[..], unhex(sealed));
        let end = cipher.open_rtp(number, 12, &[], &mut packet).unwrap();
        assert_eq!(packet[..end], unhex(clear));
    }
}

/// RFC 7714 §17: a sender report of "Mars".
#[test]
fn reports_are_those_of_rfc_7714() {
    let clear = "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61
                 deadbeef deadbeef deadbeef deadbeef deadbeef";
    for (suite, sealed) in [
        (
            SrtpSuite::AeadAes128Gcm,
            "81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d
             c676a5f1 730d6fda 4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872
             45d9eade 800005d4",
        ),
        (
            SrtpSuite::AeadAes256Gcm,
            "81c8000d 4d617273 d50ae4d1 f5ce5d30 4ba297e4 7d470c28 2c3ece5d bffe0a50
             a2eaa5c1 110555be 8415f658 c61de047 6f1b6fad 1d1eb30c 4446839f 57ff6f6c
             b26ac3be 800005d4",
        ),
    ] {
        let cipher = quid_pro_quo(suite);
        let number = Number {
            ssrc: 0x4d61_7273,
            index: 0x5d4,
        };
        let mut packet = BytesMut::from(&unhex(clear)[..]);
        cipher.seal_rtcp(number, &[], &mut packet);
        assert_eq!(packet[..], unhex(sealed));
        assert_eq!(cipher.rtcp_index(&[], &packet), Some(0x5d4));
        let end = cipher.open_rtcp(number, &[], &mut packet).unwrap();
        assert_eq!(packet[..end], unhex(clear));
    }
}

/// The key 00 01 02 ... and the salt of RFC 7714 §16.
fn quid_pro_quo(suite: SrtpSuite) -> Cipher {
    let keys = SessionKeys {
        cipher: (0..suite.key_length() as u8).collect(),
        authentication: [0; 20],
        salt: b"Quid pro quo".to_vec(),
    };
    Cipher::Gcm(Box::new(Gcm::new(suite, &keys)))
}
