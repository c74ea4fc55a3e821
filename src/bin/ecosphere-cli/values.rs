//! `values`: the questionnaire, trade-off questions, and what was learned from them.

use crate::{
    ANSWERED,
    args::Cli,
    device::Device,
    ours::{self, OursCommand},
    print::{self, say},
    profile::stored,
};
use anyhow::{Context as _, bail};
use clap::{Subcommand, ValueEnum};
use ecosphere::{
    bot::learn::{Person, Progress, Question},
    engine::wire::{Answer, Item, Learn, Learning, Request},
    label::GOAL_NAMES,
    measure::Currency,
    values::{Answers, BasicValue, ENVIRONMENT, ITEMS, Likeness, Origin, PRIOR_VERSION, Profile, Start, Topic},
};
use serde_json::{Map, Value, json};

/// What to do with your values.
#[derive(Debug, Subcommand)]
pub enum ValuesCommand {
    /// Asks the next question: an item of the questionnaire, the one on the environment, or which of two you would take.
    #[command(after_long_help = ASK_HELP)]
    Ask {
        /// How much of the questionnaire to go through before trade-offs.
        #[arg(long, value_enum, default_value_t = Form::Short)]
        form: Form,
        /// Ask for a trade-off though there is enough to begin with.
        #[arg(long)]
        more: bool,
    },
    /// Answers items of the questionnaire: how much you are like the one described, from 1 (not like me at all) to 6 (very much like me); 0 takes an
    /// answer back.
    #[command(after_long_help = ANSWER_HELP)]
    Answer {
        /// An item's number, or `environment`, and the answer.
        #[arg(required = true, value_name = "ITEM=ANSWER")]
        answers: Vec<String>,
    },
    /// Answers the trade-off question that `values ask` shows.
    Choose {
        /// Which of the two.
        #[arg(value_enum)]
        side: Side,
    },
    /// Takes a starting profile in place of the questionnaire: the mean of a group of people as they are expected to be, authored and not measured.
    Begin {
        /// Which, or none.
        #[arg(value_parser = STARTS)]
        start: String,
    },
    /// Shows what each topic weighs, how sure that is, and what it was learned from.
    #[command(after_long_help = SHOW_HELP)]
    Show,
    /// Takes back a choice, and everything that was learned from it.
    Undo {
        /// Its number, as `values show` prints it. Without it: the newest.
        #[arg(value_name = "CHOICE")]
        choice: Option<u32>,
    },
    /// Shows what your purchases did, month by month: by topic and by goal of the United Nations, from what you said you took.
    #[command(after_long_help = MONTHS_HELP)]
    Months,
    /// The profile of an organisation you belong to, beside your own. Without a command: both side by side.
    Ours {
        /// What to do with it.
        #[command(subcommand)]
        command: Option<OursCommand>,
    },
    /// Learns nothing more until `values resume`; what was learned stays.
    Pause,
    /// Learns again.
    Resume,
}

/// What `values begin` takes.
const STARTS: [&str; 5] = [Start::ALL[0].id(), Start::ALL[1].id(), Start::ALL[2].id(), Start::ALL[3].id(), "none"];

/// How much of the questionnaire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// TIVI's ten items, and the question on the environment.
    Short,
    /// TwIVI's twenty items, and the question on the environment.
    Long,
    /// None of it: trade-offs at once.
    None,
}

/// A side of a trade-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Side {
    /// The first.
    A,
    /// The second.
    B,
}

const ASK_HELP: &str = "Examples:
  ecosphere-cli --data ~/.ecosphere values ask
  ecosphere-cli --data ~/.ecosphere values ask --form none --more

The questionnaire is TwIVI (Sandy, Gosling, Schwartz & Koelkebeck 2017), or its first ten items, TIVI. The question on the environment is no part
of it. All of it can be left out, and taken up again at any time. With --json, \"ask\" is item, environment, choice or nothing.";

const ANSWER_HELP: &str = "Examples:
  ecosphere-cli --data ~/.ecosphere values answer 1=4 2=1 3=5
  ecosphere-cli --data ~/.ecosphere values answer environment=6";

const SHOW_HELP: &str =
    "Weights are in hundredths of a topic that simply matters, with one standard deviation. They come from: hand (`profile set --topic`, which
outranks all else), choices (learned from these, the strongest first), questionnaire (what your answers let expect, by a mapping that is authored
from Schwartz's circle of values and not measured), start (the starting profile you took), or default.";

const MONTHS_HELP: &str =
    "A purchase that is as good in a topic as can be, and surely so, counts 1; one that is as bad, -1; what is not known counts nothing. Each is judged by
what the snapshot says of it today. Months are the calendar's in UTC.";

/// Does it.
pub fn run(cli: &Cli, command: &ValuesCommand) -> anyhow::Result<u8> {
    match command {
        ValuesCommand::Months => return months(cli),
        ValuesCommand::Ours { command } => return ours::run(cli, command.as_ref()),
        _ => {}
    }
    let changes = !matches!(command, ValuesCommand::Ask { .. } | ValuesCommand::Show);
    if cli.data.is_none() && changes {
        bail!("say with --data DIR where to keep your values");
    }
    let device = Device::open(cli)?;
    let mine = stored(cli, &device)?.unwrap_or_default();
    if cli.profile.is_some() && changes {
        device.ask(Request::SetProfile(mine.clone()))?;
    }
    let said = match command {
        ValuesCommand::Ask { form, more } => return ask(cli, &mine, *form, *more),
        ValuesCommand::Show | ValuesCommand::Months | ValuesCommand::Ours { .. } => return show(cli, &mine),
        ValuesCommand::Answer { answers } => Learn::Answer(answers.iter().map(|text| answer(text)).collect::<anyhow::Result<_>>()?),
        ValuesCommand::Choose { side } => {
            let question = Person::of(&mine)?.next_question(Currency::EUR).context("there is nothing left to ask")?;
            let after = mine.choices.last().map_or(0, |c| c.number);
            Learn::Choose { shown: question.shown.to_vec(), picked: u8::from(*side == Side::B), after }
        }
        ValuesCommand::Undo { choice } => {
            mine.clone().undo(*choice).context("there is no such choice to take back; `values show` lists them")?;
            Learn::Undo(*choice)
        }
        ValuesCommand::Begin { start } => Learn::Begin(Start::from_id(start)),
        ValuesCommand::Pause => Learn::Pause(true),
        ValuesCommand::Resume => Learn::Pause(false),
    };
    let Answer::Learning(now) = device.ask(Request::Learn(said))? else { bail!("the engine answered something else than was asked") };
    tell(command, &mine, &now)?;
    show(cli, &now.profile)
}

/// What came of it, beside what is known now.
fn tell(command: &ValuesCommand, before: &Profile, now: &Learning) -> anyhow::Result<()> {
    match command {
        ValuesCommand::Undo { choice } => {
            let undone = before.clone().undo(*choice).map_or(0, |c| c.number);
            eprintln!("Choice {undone} is taken back.");
        }
        ValuesCommand::Choose { .. } => {
            let Some(question) = Person::of(before)?.next_question(Currency::EUR) else { return Ok(()) };
            let Some(made) = now.profile.choices.last() else { return Ok(()) };
            let (picked, number) = (usize::from(made.picked), made.number);
            eprintln!("Choice {number}: {}; rather than: {}.", question.words(picked), question.words(1 - picked.min(1)));
            for set in now.contradictions.iter().filter(|set| set.last() == Some(&number)) {
                eprintln!("Choices {set:?} cannot all be meant, whatever matters to you; take one back with `values undo`, or leave it at that.");
            }
        }
        _ => {}
    }
    Ok(())
}

fn months(cli: &Cli) -> anyhow::Result<u8> {
    let device = Device::with_snapshot(cli)?;
    let Answer::Months(months) = device.ask(Request::Months)? else { bail!("the engine answered something else than was asked") };
    if cli.json {
        print::json(&json!({ "months": months }))?;
        return Ok(ANSWERED);
    }
    if months.iter().all(|m| m.took == 0) {
        say!("You have not said of anything that you took it; the app asks after each verdict.");
    }
    for month in &months {
        say!("{}: {} taken, {} scanned; nothing known of {}.", month.month, month.took, month.scanned, month.unknown);
        for paid in &month.paid {
            say!("  paid {paid}, the price of {} not known", month.unpriced);
        }
        for e in &month.topics {
            let [low, net, high] = [e.value.low, e.value.central, e.value.high].map(|d| d.to_fixed(2));
            say!("  {net:>6}  good {high}, harm {low}  {} (known of {})", e.topic.info().name, e.known);
        }
        for (goal, value) in month.goals.iter() {
            let name = GOAL_NAMES.get(usize::from(goal).wrapping_sub(1)).copied().unwrap_or_default();
            say!("  {:>6}  goal {goal}, {name}", value.central.to_fixed(2));
        }
        for sum in &month.labels {
            let letter = sum.grade.map_or_else(|| "no letter".to_owned(), |g| format!("{g:?}"));
            let (price, good) = (sum.financial.to_fixed(2), sum.non_financial.central.to_fixed(2));
            say!("  {} with an S/E label: {letter}, price {price}, good less harm {good} {}", sum.labels, sum.currency.code());
        }
    }
    Ok(ANSWERED)
}

fn ask(cli: &Cli, mine: &Profile, form: Form, more: bool) -> anyhow::Result<u8> {
    let items = match form {
        Form::Short => 10,
        Form::Long => ITEMS.len(),
        Form::None => 0,
    };
    let scale: Map<String, Value> = Likeness::WORDS.iter().zip(1..).map(|(words, n)| (n.to_string(), json!(words))).collect();
    let person = Person::of(mine)?;
    let found = if let Some(item) = mine.answers.next_item(items) {
        json!({ "ask": "item", "item": item + 1, "of": items, "text": ITEMS[item], "scale": scale })
    } else if items > 0 && mine.answers.environment().is_none() {
        json!({ "ask": "environment", "text": ENVIRONMENT, "scale": scale })
    } else {
        let progress = person.progress();
        match person.next_question(Currency::EUR).filter(|_| more || progress == Progress::Asking) {
            Some(question) => json!({ "ask": "choice", "a": side(&question, 0), "b": side(&question, 1) }),
            None => json!({ "ask": "nothing", "progress": progress.id(), "text": progress.sentence() }),
        }
    };
    if cli.json {
        print::json(&found)?;
        return Ok(ANSWERED);
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match found["ask"].as_str() {
        Some("choice") => {
            say!("Which would you take, all else alike?");
            say!("  a  {}", text(&found["a"]["words"]));
            say!("  b  {}", text(&found["b"]["words"]));
            say!("Answer with `values choose a` or `values choose b`.");
        }
        Some("nothing") => say!("{}", text(&found["text"])),
        _ => {
            let name = found["item"].as_u64().map_or_else(|| "environment".to_owned(), |n| n.to_string());
            say!("How much are you like this?");
            say!("  {}", text(&found["text"]));
            for (number, words) in &scale {
                say!("  {number}  {}", text(words));
            }
            say!("Answer with `values answer {name}=…`.");
        }
    }
    Ok(ANSWERED)
}

fn side(question: &Question, at: usize) -> Value {
    json!({
        "words": question.words(at),
        "good_in": question.good_in[at].map(|t| t.info().id),
        "about": question.good_in[at].map(|t| t.info().about),
        "price": question.shown[at].price.map(|p| p.to_string()),
    })
}

/// An item and its answer, written like `4=6`.
fn answer(text: &str) -> anyhow::Result<(Item, Option<u8>)> {
    let (item, given) = text.split_once('=').with_context(|| format!("\"{text}\" is not an item and an answer; write it like 4=6"))?;
    let likeness = match given.parse() {
        Ok(0) => None,
        Ok(number) => Some(Likeness::new(number).with_context(|| format!("{number} is no answer; use 1 to 6, or 0 to take one back"))?.get()),
        Err(_) => bail!("\"{given}\" is no answer; use 1 to 6, or 0 to take one back"),
    };
    match item.parse::<u8>() {
        Ok(number) if (1..=ITEMS.len()).contains(&usize::from(number)) => Ok((Item::Inventory(number - 1), likeness)),
        _ if item == "environment" => Ok((Item::Environment, likeness)),
        _ => bail!("there is no item \"{item}\"; they are 1 to {} and environment", ITEMS.len()),
    }
}

fn show(cli: &Cli, mine: &Profile) -> anyhow::Result<u8> {
    let person = Person::of(mine)?;
    let rounded = |x: f64| (x * 1000.0).round() / 1000.0;
    let weights = mine.weights();
    let topic = |t: Topic| {
        let origin = mine.origin(t);
        let learned = mine.learned.get(&t);
        json!({
            "topic": t.info().id,
            "weight": weights[t.index()],
            "spread": learned.map(|l| l.spread),
            "from": origin.id(),
            "choices": learned.map_or(&[][..], |l| l.from.as_slice()),
        })
    };
    let progress = person.progress();
    let said = json!({
        "topics": Topic::ALL.map(topic),
        "hard_lines": mine.hard_lines,
        "scores": scores(&mine.answers),
        "choices": mine.choices.len(),
        "contradictions": person.contradictions(),
        "progress": progress.id(),
        "random": rounded(person.randomness()),
        "takes_the_first": rounded(person.takes_the_first()),
        "paused": mine.paused,
        "prior": PRIOR_VERSION,
    });
    if cli.json {
        print::json(&said)?;
        return Ok(ANSWERED);
    }
    let mut order = Topic::ALL;
    order.sort_by_key(|t| -weights[t.index()]);
    for t in order {
        let spread = mine.learned.get(&t).map_or_else(String::new, |l| format!("± {}", l.spread));
        let from = match mine.origin(t) {
            Origin::Choices(numbers) => format!("learned from choices {numbers:?}"),
            Origin::Hand => "set by hand".to_owned(),
            Origin::Questionnaire => "what your answers let expect".to_owned(),
            Origin::Start => "as in the start you took".to_owned(),
            Origin::Default => "not said yet".to_owned(),
        };
        say!("{:>5} {spread:<6} {:<28} {from}", weights[t.index()], t.info().name);
    }
    for line in &mine.hard_lines {
        say!("line             {}", line.id());
    }
    say!("{} choices. {}", mine.choices.len(), progress.sentence());
    for set in person.contradictions() {
        say!("Choices {set:?} cannot all be meant, whatever matters to you.");
    }
    if mine.paused {
        say!("Learning is paused.");
    }
    Ok(ANSWERED)
}

/// The questionnaire's scores, in points.
fn scores(answers: &Answers) -> Option<Map<String, Value>> {
    let scores = answers.scores()?;
    Some(BasicValue::ALL.iter().map(|v| (v.id().to_owned(), json!(f64::from(scores.twentieths(*v)) / 20.0))).collect())
}
