//! `ecosphere-node classic`, `sentiment` and `freedom`: what an organisation reports, in the formulas that others published.

use crate::{
    label::{ClassicFacts, Freedom, Moods, SURVEY, Sentiment, Survey},
    measure::Decimal,
    node::{NodeError, cli::Outcome},
    organisation::moods,
};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Shown below the help of `classic`.
pub const CLASSIC_EXAMPLE: &str = "Example:
  ecosphere-node classic facts.json
  ecosphere-node classic facts.json --reviews reviews.txt --margin 0.05

facts.json, money in GBP million, shares and people in million:
  { \"carbon_t\": \"50328\", \"price_per_t\": \"52\", \"leveraged\": \"28.00\", \"csr\": \"63.5\", \"people\": \"8.573\", \"capitalisation\": \"20100\",
    \"shares\": \"12200\", \"sentiment\": { \"positive\": \"37\", \"mentions\": 288 }, \"separation\": 0 }

The Social Earnings Ratio as the Centre for Citizenship, Enterprise and Governance published it in 2016; \"S/E Ratio\", \"Seratio\" and \"Microshare\" are
claimed as marks of their owners. Its caveat is printed with it; it is no part of the S/E label. Without CSR spending there is no such ratio.";

/// Shown below the help of `sentiment`.
pub const SENTIMENT_EXAMPLE: &str = "Example:
  ecosphere-node sentiment reviews.txt --margin 0.05

One text a line, in English; other languages come out as undecided. Scored on this computer with the lexicon of VADER (MIT), in integers. On the 3 000
labelled sentences of reviews of Kotzias et al. (2015) it is right for 81.4 %, vaderSentiment 3.3.2 for 81.7 %.";

/// Shown below the help of `freedom`.
pub const FREEDOM_EXAMPLE: &str = "Example:
  ecosphere-node freedom --questions > questions.txt
  ecosphere-node freedom --mean-pay 26000 --minimum-wage 12.21 --survey answers.csv
  ecosphere-node freedom --prior 0.8 --country XX --source 'an index, 2025'

answers.csv has a line for each worker: ten numbers of 0 (not at all) to 4 (fully), separated by commas; fewer than 5 workers are refused, since each could
be recognised. 1 is the legal minimum earned by workers who are neither glad nor afraid. A country's risk measures nobody: --prior is shown as a prior and
nothing else.";

/// How a small sample is corrected.
#[derive(Debug, clap::Args)]
pub struct SampleSize {
    /// Margin of error for the published correction of small samples, e.g. 0.05 [default: no correction].
    #[arg(long, value_name = "SHARE")]
    pub margin: Option<String>,
    /// How many people the mentions are a sample of [default: without end].
    #[arg(long, value_name = "N", requires = "margin")]
    pub population: Option<u64>,
}

/// Options of `classic`.
#[derive(Debug, clap::Args)]
pub struct ClassicArgs {
    /// What the organisation reports, JSON.
    pub facts: PathBuf,
    /// Counts the mentions of this file (see sentiment) in the place of those in the facts.
    #[arg(long, value_name = "FILE")]
    pub reviews: Option<PathBuf>,
    /// Small samples.
    #[command(flatten)]
    pub sample: SampleSize,
}

/// Options of `sentiment`.
#[derive(Debug, clap::Args)]
pub struct SentimentArgs {
    /// Reviews or answers to a survey, one a line.
    pub texts: PathBuf,
    /// Small samples.
    #[command(flatten)]
    pub sample: SampleSize,
}

/// Options of `freedom`.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("basis").required(true).args(["survey", "prior", "questions"])))]
pub struct FreedomArgs {
    /// Mean pay of a full-time year.
    #[arg(long, value_name = "AMOUNT", requires = "survey")]
    pub mean_pay: Option<String>,
    /// Legal minimum wage for an hour, in the same money.
    #[arg(long, value_name = "AMOUNT", requires = "survey")]
    pub minimum_wage: Option<String>,
    /// Workers' answers to the ten questions, a line each.
    #[arg(long, value_name = "FILE", requires_all = ["mean_pay", "minimum_wage"])]
    pub survey: Option<PathBuf>,
    /// A stand-in where nothing was measured.
    #[arg(long, value_name = "VALUE", requires_all = ["country", "source"])]
    pub prior: Option<String>,
    /// Of which country the stand-in is.
    #[arg(long, value_name = "CODE", requires = "prior")]
    pub country: Option<String>,
    /// Who says so.
    #[arg(long, value_name = "TEXT", requires = "prior")]
    pub source: Option<String>,
    /// Prints the ten questions.
    #[arg(long)]
    pub questions: bool,
}

fn usage(e: impl std::fmt::Display) -> NodeError {
    NodeError::Usage(e.to_string())
}

fn decimal(text: &str) -> Result<Decimal, NodeError> {
    Decimal::parse(text).map_err(|e| usage(format!("\"{text}\": {e}")))
}

impl SampleSize {
    fn correct(&self, sentiment: Sentiment) -> Result<Sentiment, NodeError> {
        let Some(margin) = &self.margin else { return Ok(sentiment) };
        sentiment.corrected(decimal(margin)?, self.population).map_err(usage)
    }
}

fn counted(path: &Path) -> Result<Moods, NodeError> {
    let file = std::fs::File::open(path).map_err(NodeError::file(path))?;
    moods::count(file, |_, _| ()).map_err(|e| usage(format!("{}: {e}", path.display())))
}

/// The classic ratio.
///
/// # Errors
/// The facts cannot be read or cannot be.
pub fn classic(args: &ClassicArgs) -> Result<Outcome, NodeError> {
    let text = std::fs::read(&args.facts).map_err(NodeError::file(&args.facts))?;
    let mut facts: ClassicFacts = serde_json::from_slice(&text).map_err(|e| usage(format!("{}: {e}", args.facts.display())))?;
    if let Some(reviews) = &args.reviews {
        facts.sentiment = counted(reviews)?.sentiment();
    }
    facts.sentiment = args.sample.correct(facts.sentiment)?;
    let ratio = facts.ratio().map_err(usage)?;
    let text = format!(
        "Classic Social Earnings Ratio: {} (carbon {}, leveraged {}, people {}, CSR {}; GBP million)\nSocial impact {}, added value {}; {} positive of {} mentions.\n{}",
        ratio.ratio.to_fixed(4),
        ratio.carbon.to_fixed(4),
        facts.leveraged.to_fixed(4),
        ratio.people.to_fixed(4),
        facts.csr.to_fixed(4),
        ratio.social_impact.to_fixed(4),
        ratio.added_value.to_fixed(4),
        facts.sentiment.positive.to_fixed(2),
        facts.sentiment.mentions,
        ratio.caveat
    );
    Ok(Outcome { text, json: json!({ "classic": ratio, "facts": facts }), yes: true })
}

/// How texts are felt.
///
/// # Errors
/// The file cannot be read, or has no text.
pub fn sentiment(args: &SentimentArgs) -> Result<Outcome, NodeError> {
    let moods = counted(&args.texts)?;
    let counted = moods.sentiment();
    let corrected = args.sample.correct(counted)?;
    let share = corrected.positive.over(Decimal::from(corrected.mentions)).map_err(usage)?;
    let text = format!(
        "{} positive, {} negative, {} undecided of {} texts; counted as {} positive: {} % of them.",
        moods.positive,
        moods.negative,
        moods.undecided,
        counted.mentions,
        corrected.positive.to_fixed(2),
        share.scaled(100, 1).map_err(usage)?.to_fixed(1)
    );
    Ok(Outcome { text, json: json!({ "moods": moods, "sentiment": corrected, "share": share }), yes: true })
}

/// The Freedom metric.
///
/// # Errors
/// A file cannot be read, too few workers, wages that cannot be.
pub fn freedom(args: &FreedomArgs) -> Result<Outcome, NodeError> {
    if args.questions {
        let text = SURVEY.iter().zip(1..).map(|((question, _), n)| format!("{n}. {question}")).collect::<Vec<_>>().join("\n");
        let questions: Vec<_> = SURVEY.iter().map(|(text, reversed)| json!({ "text": text, "agreeing_is_bad": reversed })).collect();
        return Ok(Outcome { text, json: json!({ "questions": questions }), yes: true });
    }
    let freedom = match (&args.survey, &args.prior) {
        (Some(file), _) => {
            let text = std::fs::read_to_string(file).map_err(NodeError::file(file))?;
            let mut survey = Survey::default();
            for (line, row) in (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty()) {
                let answers: Option<Vec<u8>> = row.split([',', ';']).map(|cell| cell.trim().parse().ok()).collect();
                let fault = |why: &str| usage(format!("{}, line {line}: {why}", file.display()));
                survey.add(&answers.ok_or_else(|| fault("ten numbers of 0 to 4, separated by commas"))?).map_err(|e| fault(&e.to_string()))?;
            }
            let pay = |amount: &Option<String>| decimal(amount.as_deref().unwrap_or_default());
            Freedom::measured(pay(&args.mean_pay)?, pay(&args.minimum_wage)?, &survey).map_err(usage)?
        }
        (None, prior) => {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            Freedom::prior(decimal(&text(prior))?, &text(&args.country), &text(&args.source))
        }
    };
    Ok(Outcome { text: format!("Freedom: {} ({})", freedom.value.to_fixed(4), freedom.basis), json: json!({ "freedom": freedom }), yes: true })
}
