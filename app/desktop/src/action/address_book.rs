//! What the user does with the address book of a server.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressBookAction {
    /// Go to its place in the settings.
    Visit,
    /// Open the fields.
    Change,
    /// Close them as they were.
    GiveUp,
    /// Use what stands in the fields.
    Save,
    /// Ask the server now.
    Update,
    /// The first press asks, the second switches off.
    SwitchOff,
    StayOn,
}
