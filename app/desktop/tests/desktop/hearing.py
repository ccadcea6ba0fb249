"""Makes a voicemail call as a blind user does: by what a screen reader is told, without a mouse.

Prints what the screen reader would say; ends with an error when something does not come within LIMIT."""

import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib

# Nothing waits for this to pass; it ends a test that would hang.
LIMIT_SECONDS = 60


def announce_a_screen_reader():
    """Programs tell nothing as long as nobody listens."""
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    on = GLib.Variant("(ssv)", ("org.a11y.Status", "IsEnabled", GLib.Variant("b", True)))
    place = ("org.a11y.Bus", "/org/a11y/bus", "org.freedesktop.DBus.Properties", "Set")
    bus.call_sync(*place, on, None, Gio.DBusCallFlags.NONE, -1, None)


def can_be_used(node):
    """A button that is grey, as that of the voicemail is before the phone has signed in, is not pressed yet."""
    return node.get_role_name() != "push button" or node.get_state_set().contains(Atspi.StateType.SENSITIVE)


def find(node, role, name):
    """The first node of this role and name in a tree, once it can be used."""
    try:
        if node.get_role_name() == role and node.get_name().startswith(name) and can_be_used(node):
            return node
        for index in range(node.get_child_count()):
            child = node.get_child_at_index(index)
            found = child and find(child, role, name)
            if found:
                return found
    except GLib.Error:
        # A node that went while it was looked at.
        pass
    return None


def program():
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(index)
        if child and child.get_name() == "hark":
            return child
    return None


class Listener:
    def __init__(self):
        self.loop = GLib.MainLoop()
        self.wanted = None
        self.found = None
        self.listener = Atspi.EventListener.new(self.on_event)
        for event in ["object", "window"]:
            self.listener.register(event)
        GLib.timeout_add_seconds(LIMIT_SECONDS, self.give_up)
        GLib.timeout_add(200, self.look_again)

    def on_event(self, event):
        if event.type.startswith("object:announcement"):
            print("says:", event.any_data, flush=True)
        self.look()

    def look(self):
        if self.wanted and not self.found:
            app = program()
            self.found = app and find(app, *self.wanted)
            if self.found:
                self.loop.quit()

    def look_again(self):
        self.look()
        return True

    def wait_for(self, role, name):
        self.wanted, self.found = (role, name), None
        self.look()
        if not self.found:
            self.loop.run()
        print("reads:", role, self.found.get_name(), flush=True)
        if self.found.get_description():
            print("described:", self.found.get_description(), flush=True)
        return self.found

    def give_up(self):
        print("never came:", self.wanted, file=sys.stderr, flush=True)
        sys.exit(1)


def press(node):
    assert Atspi.Action.do_action(node, 0)


announce_a_screen_reader()
listener = Listener()
listener.wait_for("frame", "Hark")
press(listener.wait_for("push button", "Call Voicemail"))
listener.wait_for("label", "PIN skipped")
press(listener.wait_for("push button", "Hang up"))
listener.wait_for("push button", "Call Voicemail")
listener.wait_for("label", "Outgoing")
press(listener.wait_for("push button", "Play on Phone"))
press(listener.wait_for("push button", "Decline"))
