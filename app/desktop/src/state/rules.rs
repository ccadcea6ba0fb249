//! The fields of "Calls" in the settings. What cannot be used stays in its field, beside the reason,
//! and the rule that the engine keeps stays as it is.

use hark_phone::{AccountSettings, RingRules};

use super::given;

/// Everything that can be typed there.
#[derive(Debug, Default)]
pub struct RulesForm {
    pub always: RuleField,
    pub busy: RuleField,
    pub no_answer: RuleField,
    /// The entry that is to join the block list.
    pub block: RuleField,
}

#[derive(Debug, Default)]
pub struct RuleField {
    pub typed: String,
    /// Why the engine cannot use what is typed.
    pub error: Option<String>,
    /// It was typed in since its contents were entered last.
    pub edited: bool,
    /// What the engine kept when the field was filled.
    kept: String,
}

impl RulesForm {
    /// Fills the fields whose rule has changed.
    pub fn follow(&mut self, rules: &RingRules) {
        self.always.follow(rules.forward_always.as_deref());
        self.busy.follow(rules.forward_busy.as_deref());
        self.no_answer.follow(rules.forward_no_answer.as_deref());
    }

    /// Whether something was typed that has not been entered.
    pub fn is_edited(&self) -> bool {
        let fields = [&self.always, &self.busy, &self.no_answer];
        fields.iter().any(|field| field.edited)
    }

    /// The rules with everything in the fields that can be used.
    pub fn entered(&mut self, kept: &RingRules, account: &AccountSettings) -> RingRules {
        let mut rules = kept.clone();
        let fields = [
            (&mut self.always, set_always as Set),
            (&mut self.busy, set_busy),
            (&mut self.no_answer, set_no_answer),
        ];
        for (field, set) in fields {
            field.edited = false;
            let mut alone = RingRules::default();
            set(&mut alone, given(&field.typed));
            if field.is_usable(&alone, account) {
                set(&mut rules, given(&field.typed));
            }
        }
        rules
    }

    /// The rules with one more entry on the block list, if what is typed can be one.
    pub fn blocking(&mut self, kept: &RingRules, account: &AccountSettings) -> Option<RingRules> {
        let entry = given(&self.block.typed)?;
        let mut rules = kept.clone();
        if !rules.blocked.contains(&entry) {
            rules.blocked.push(entry);
        }
        let of_the_list = RingRules {
            blocked: rules.blocked.clone(),
            ..RingRules::default()
        };
        if !self.block.is_usable(&of_the_list, account) {
            return None;
        }
        self.block = RuleField::default();
        Some(rules)
    }
}

impl RuleField {
    /// Back to what the engine keeps.
    pub fn revert(&mut self) {
        self.typed = self.kept.clone();
        self.error = None;
        self.edited = false;
    }

    /// Fills the field, if what the engine keeps has changed.
    pub fn follow(&mut self, rule: Option<&str>) {
        let rule = rule.unwrap_or_default();
        if self.kept != rule {
            self.kept = rule.to_owned();
            self.revert();
        }
    }

    /// Asks the engine's own check, and keeps its sentence.
    fn is_usable(&mut self, rules: &RingRules, account: &AccountSettings) -> bool {
        self.error = rules.check(account).err().map(|error| error.to_string());
        self.error.is_none()
    }
}

type Set = fn(&mut RingRules, Option<String>);

fn set_always(rules: &mut RingRules, to: Option<String>) {
    rules.forward_always = to;
}

fn set_busy(rules: &mut RingRules, to: Option<String>) {
    rules.forward_busy = to;
}

fn set_no_answer(rules: &mut RingRules, to: Option<String>) {
    rules.forward_no_answer = to;
}
