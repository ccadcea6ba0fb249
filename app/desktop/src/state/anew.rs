//! What the window has been told and still shows, in another language.

use super::State;

impl State {
    /// Says in the language that is spoken what was said in another one and is still to be read.
    pub fn say_anew(&mut self) {
        let rules = &mut self.settings.rules;
        let errors = [
            &mut self.notice,
            &mut self.profile.from.error,
            &mut self.settings.address_book.error,
            &mut self.settings.recordings_folder.error,
            &mut rules.always.error,
            &mut rules.busy.error,
            &mut rules.no_answer.error,
            &mut rules.block.error,
        ];
        let problem = self.setup.help.problem.iter_mut();
        let texts = errors.into_iter().flatten();
        for text in texts.chain(problem.map(|problem| &mut problem.text)) {
            *text = hark_words::said_anew(text);
        }
    }
}
