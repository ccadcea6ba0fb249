//! The window comes and goes while the program stays.

use std::time::Instant;

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, EventMask, MapState,
    Window,
};
use x11rb::rust_connection::RustConnection;

use crate::session::{LIMIT, Running, Session};

#[test]
fn a_window_that_was_closed_comes_back_whenever_it_is_wanted() {
    let Some((session, (_screen, display))) = Session::begin().zip(Session::screen()) else {
        return;
    };
    session.keep_account("alice@127.0.0.1", "127.0.0.1:9");
    let mut hark = session.hark(&[]);
    let program = Running(hark.env("DISPLAY", &display).spawn().unwrap());
    let desktop = Desktop::connect(&display);
    for _ in 0..3 {
        let window = desktop.wait_for_window();
        desktop.close(window);
        desktop.wait_for_no_window();
        assert!(session.output(&[]).status.success());
    }
    let window = desktop.wait_for_window();
    desktop.size(window, [520, 800]);
    desktop.close(window);
    desktop.wait_for_no_window();
    assert!(session.output(&[]).status.success());
    let window = desktop.wait_for_window();
    assert_eq!(desktop.size_of(window), [520, 800]);
    // The program has gone round once more when it answers.
    assert!(session.output(&["status"]).status.success());
    assert_eq!(desktop.window(), Some(window));
    assert!(session.output(&["quit"]).status.success());
    program.ends_well();
}

/// A desktop without a window manager, so that every window lies on the root.
struct Desktop {
    connection: RustConnection,
    root: Window,
}

impl Desktop {
    fn connect(display: &str) -> Self {
        let (connection, screen) = x11rb::connect(Some(display)).unwrap();
        let root = connection.setup().roots[screen].root;
        Self { connection, root }
    }

    /// The window of the program, while it can be seen.
    fn window(&self) -> Option<Window> {
        let tree = self.connection.query_tree(self.root).unwrap();
        let mut windows = tree.reply().unwrap().children.into_iter();
        windows.find(|window| self.is_shown(*window).unwrap_or_default())
    }

    /// `None` for a window that goes while it is looked at.
    fn is_shown(&self, window: Window) -> Option<bool> {
        let name = self
            .connection
            .get_property(false, window, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, 64)
            .unwrap();
        let attributes = self.connection.get_window_attributes(window).unwrap();
        // Two words, each with a zero behind it: the instance, which is empty, and the class.
        let is_ours = name.reply().ok()?.value == b"\0org.harkphone.Hark\0";
        Some(is_ours && attributes.reply().ok()?.map_state == MapState::VIEWABLE)
    }

    fn wait_for_window(&self) -> Window {
        let deadline = Instant::now() + LIMIT;
        loop {
            if let Some(window) = self.window() {
                return window;
            }
            assert!(Instant::now() < deadline, "no window opens");
        }
    }

    fn wait_for_no_window(&self) {
        let deadline = Instant::now() + LIMIT;
        while self.window().is_some() {
            assert!(Instant::now() < deadline, "the window stays");
        }
    }

    /// What a window manager sends for a press on the cross.
    fn close(&self, window: Window) {
        let protocols = self.atom("WM_PROTOCOLS");
        let delete = self.atom("WM_DELETE_WINDOW");
        let message = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
        let sent = self
            .connection
            .send_event(false, window, EventMask::NO_EVENT, message);
        sent.unwrap().check().unwrap();
    }

    /// What a window manager does for a drag at the corner.
    fn size(&self, window: Window, [width, height]: [u32; 2]) {
        let size = ConfigureWindowAux::new().width(width).height(height);
        let asked = self.connection.configure_window(window, &size);
        asked.unwrap().check().unwrap();
    }

    fn size_of(&self, window: Window) -> [u16; 2] {
        let asked = self.connection.get_geometry(window).unwrap();
        let geometry = asked.reply().unwrap();
        [geometry.width, geometry.height]
    }

    fn atom(&self, name: &str) -> u32 {
        let asked = self.connection.intern_atom(false, name.as_bytes());
        asked.unwrap().reply().unwrap().atom
    }
}
