//! The icon in the tray (StatusNotifierItem), with what the phone is there for in its menu.

use ksni::menu::{CheckmarkItem, StandardItem, SubMenu};
use ksni::{Category, Handle, Icon, MenuItem, OfflineReason, Status, ToolTip, TrayMethods as _};

use hark_phone::Presence;

use crate::action::Action;
use crate::host::{Notice, Reporter};
use crate::identity::APP_ID;
use crate::standing::{Mood, Standing};
use crate::state::TrayState;
use crate::text;

/// The icon, while a tray shows it and while none does.
pub struct Tray(Handle<Item>);

impl Tray {
    /// `None` where the session bus refuses; a desktop without a tray may get one later.
    pub async fn show(reporter: &Reporter) -> Option<Self> {
        let item = Item {
            reporter: reporter.clone(),
            standing: None,
            icon: icon(Mood::Away),
        };
        // What is said before anything is known: whether there is a tray is told by `watcher_offline`.
        reporter.report(Notice::Act(Action::Tray(TrayState::Shown)));
        match item.assume_sni_available(true).spawn().await {
            Ok(handle) => Some(Self(handle)),
            Err(error) => {
                tracing::info!(%error, "no tray");
                reporter.report(Notice::Act(Action::Tray(TrayState::Missing)));
                None
            }
        }
    }

    pub async fn stand(&self, standing: Standing) {
        let shown = self.0.update(|item| item.stand(standing)).await;
        if shown.is_none() {
            tracing::debug!("the tray is gone");
        }
    }
}

struct Item {
    reporter: Reporter,
    standing: Option<Standing>,
    /// As the phone stands. Drawn when that changes, because it is asked for much more often.
    icon: Icon,
}

impl Item {
    fn act(&self, action: Action) {
        self.reporter.report(Notice::Act(action));
    }

    fn line(&self) -> &str {
        self.standing
            .as_ref()
            .map_or(text::APP, |standing| &standing.line)
    }

    fn stand(&mut self, standing: Standing) {
        let before = self.standing.as_ref().map(|standing| standing.mood);
        if before != Some(standing.mood) {
            self.icon = icon(standing.mood);
        }
        self.standing = Some(standing);
    }

    fn presences(&self) -> Vec<MenuItem<Self>> {
        let now = self.standing.as_ref();
        let automatic = now.is_some_and(|standing| standing.presence_is_automatic);
        let is = |presence| now.is_some_and(|standing| standing.presence == presence);
        let choices = [
            Presence::Available,
            Presence::Busy,
            Presence::DoNotDisturb,
            Presence::Away,
            Presence::AppearOffline,
        ];
        let choices = choices.map(|presence| {
            let checked = !automatic && is(presence);
            let action = Action::SetPresence(presence);
            check(text::presence(presence), checked, action)
        });
        let reset = check(text::automatic(), automatic, Action::ResetPresence);
        choices
            .into_iter()
            .chain([MenuItem::Separator, reset])
            .collect()
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        APP_ID.to_owned()
    }

    fn title(&self) -> String {
        text::APP.to_owned()
    }

    fn category(&self) -> Category {
        Category::Communications
    }

    fn status(&self) -> Status {
        match self.standing.as_ref().map(|standing| standing.mood) {
            Some(Mood::News) => Status::NeedsAttention,
            Some(Mood::Calm | Mood::Away | Mood::InCall) | None => Status::Active,
        }
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        vec![self.icon.clone()]
    }

    fn attention_icon_pixmap(&self) -> Vec<Icon> {
        vec![self.icon.clone()]
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: text::APP.to_owned(),
            description: self.line().to_owned(),
            ..ToolTip::default()
        }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.act(Action::Raise);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let says = StandardItem {
            label: escaped(self.line()),
            enabled: false,
            ..StandardItem::default()
        };
        let has_voicemail = |standing: &Standing| standing.has_voicemail;
        let presence = SubMenu {
            label: text::presence_label().to_owned(),
            submenu: self.presences(),
            ..SubMenu::default()
        };
        vec![
            says.into(),
            MenuItem::Separator,
            item(text::open(), Enabled::Yes, Action::Raise),
            item(
                text::call_voicemail(),
                self.standing.as_ref().is_some_and(has_voicemail).into(),
                Action::WhenSignedIn(Box::new(Action::CallVoicemail)),
            ),
            presence.into(),
            MenuItem::Separator,
            item(text::quit(), Enabled::Yes, Action::Quit),
        ]
    }

    fn watcher_online(&self) {
        self.act(Action::Tray(TrayState::Shown));
    }

    fn watcher_offline(&self, _reason: OfflineReason) -> bool {
        self.act(Action::Tray(TrayState::Missing));
        // A tray that comes later, or comes back, shows the icon then.
        true
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Enabled {
    Yes,
    No,
}

impl From<bool> for Enabled {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

fn item(label: &str, enabled: Enabled, action: Action) -> MenuItem<Item> {
    StandardItem {
        label: label.to_owned(),
        enabled: enabled == Enabled::Yes,
        activate: Box::new(move |item: &mut Item| item.act(action.clone())),
        ..StandardItem::default()
    }
    .into()
}

fn check(label: &str, checked: bool, action: Action) -> MenuItem<Item> {
    CheckmarkItem {
        label: label.to_owned(),
        checked,
        activate: Box::new(move |item: &mut Item| item.act(action.clone())),
        ..CheckmarkItem::default()
    }
    .into()
}

/// An underscore in a menu marks the letter behind it as a shortcut; two are one.
fn escaped(label: &str) -> String {
    label.replace('_', "__")
}

/// In the byte order of the protocol: ARGB, most significant first.
fn icon(mood: Mood) -> Icon {
    let icon = crate::icon::tray(mood);
    let mut data = icon.rgba;
    for pixel in data.chunks_exact_mut(4) {
        pixel.rotate_right(1);
    }
    Icon {
        width: icon.width as i32,
        height: icon.height as i32,
        data,
    }
}
