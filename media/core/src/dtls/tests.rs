//! Who is taken for an identity.

use super::*;

#[test]
fn a_key_of_another_kind_is_no_identity_and_none_prints() {
    for key in [vec![], vec![0x30, 0x00], vec![7; 138]] {
        let refused = DtlsIdentity::new(vec![1, 2, 3], key).map(drop);
        assert_eq!(refused, Err(NotAnIdentity));
    }
    assert_eq!(format!("{:?}", of_a_test()), "DtlsIdentity(redacted)");
}
