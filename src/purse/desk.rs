//! Answers requests: setting up, locking, and everything that the open purse does.

use super::{
    Device, PurseError,
    backup::Backup,
    book::{Book, Note},
    till::{BOOK, Till},
    view::id,
    wire::{Answer, Quickened, Quote, Request},
};
use crate::{
    passport::qr_out,
    wallet::{Asked as _, Effort, Judged, MAX_INDEX, Opened, PaymentRequest, Quick, Regard, Vault, VaultError, Words, read_amount},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// The file that holds the words.
const VAULT: &str = "vault";

/// The file that the device's own lock opens; empty where there is none.
const QUICK: &str = "quick";

/// A wallet's desk: nothing, locked or open.
pub struct Desk<D> {
    device: D,
    open: Option<Till<D>>,
    /// New words that are not kept yet.
    fresh: Option<Words>,
    /// Places whose words were asked for.
    places: Option<[usize; 3]>,
    /// A backup that was opened and is not put back yet.
    pub(super) unpacked: Option<Backup>,
}

impl<D: Device + Clone> Desk<D> {
    /// With what the device keeps.
    #[must_use]
    pub const fn new(device: D) -> Self {
        Self { device, open: None, fresh: None, places: None, unpacked: None }
    }

    /// The open purse.
    ///
    /// # Errors
    /// It is locked.
    pub fn till(&mut self) -> Result<&mut Till<D>, PurseError> {
        self.open.as_mut().ok_or_else(|| PurseError::Usage("the wallet is locked; open it with its passphrase".to_owned()))
    }

    /// Holds the files, in which there is no wallet yet.
    pub(super) async fn vacant(&self) -> Result<(), PurseError> {
        self.device.hold().await?;
        match self.device.load(VAULT).await? {
            Some(_) => Err(PurseError::Usage("there is a wallet here already, which is never written over".to_owned())),
            None => Ok(()),
        }
    }

    /// Makes a wallet of words and what is known with them; what is there is never written over. Its last file is the vault, without which it is not there.
    ///
    /// # Errors
    /// There is one, or it cannot be kept.
    pub async fn make(&mut self, words: Words, passphrase: &str, book: Book) -> Result<(), PurseError> {
        self.vacant().await?;
        let opened = Opened::new(self.device.random()?, &words.entropy());
        let till = Till::new(self.device.clone(), opened, words, book);
        till.keep().await?;
        // One of a wallet that was here before opens nothing any more.
        if self.device.load(QUICK).await?.is_some() {
            self.device.save(QUICK, &[]).await?;
        }
        let sealed = self.seal(passphrase, till.opened())?;
        self.device.save(VAULT, &sealed).await?;
        self.open = Some(till);
        Ok(())
    }

    /// Opens the wallet that is here.
    ///
    /// # Errors
    /// There is none, or the passphrase is wrong.
    pub async fn unlock(&mut self, passphrase: &str) -> Result<(), PurseError> {
        let vault = self.device.load(VAULT).await?.ok_or_else(|| PurseError::Usage("there is no wallet here".to_owned()))?;
        self.enter(Vault::open(passphrase, &vault)?).await
    }

    /// Opens the wallet that is here with the secret that the device gave.
    ///
    /// # Errors
    /// The device's lock opens nothing here, or it gave another secret.
    pub async fn unlock_quick(&mut self, secret: &[u8; 32]) -> Result<(), PurseError> {
        let file = self.device.load(QUICK).await?.unwrap_or_default();
        let other = |_| PurseError::Usage("this device\u{2019}s lock does not open the wallet; take the passphrase".to_owned());
        self.enter(Quick::open(secret, &file).map_err(other)?).await
    }

    async fn enter(&mut self, opened: Opened) -> Result<(), PurseError> {
        self.device.hold().await?;
        let words = Words::from_entropy(&opened.content)?;
        let book = match self.device.load(BOOK).await? {
            Some(file) => Book::decode(&opened.open_file(BOOK, &file)?)?,
            // Words made in the terminal before there was a book, or whose book was lost.
            None => Book { accounts: 1, backed_up: true, ..Book::default() },
        };
        self.open = Some(Till::new(self.device.clone(), opened, words, book));
        Ok(())
    }

    /// Another passphrase for the same keys and files.
    ///
    /// # Errors
    /// It is locked, or cannot be kept.
    pub async fn change_passphrase(&mut self, passphrase: &str) -> Result<(), PurseError> {
        let sealed = self.seal(passphrase, self.open.as_ref().ok_or(VaultError::WrongPassphrase)?.opened())?;
        self.device.save(VAULT, &sealed).await
    }

    fn seal(&self, passphrase: &str, opened: &Opened) -> Result<Vec<u8>, PurseError> {
        let vault = |effort| Ok::<_, PurseError>(Vault { effort, salt: self.device.random()?, nonce: self.device.random()? });
        match vault(Effort::USUAL)?.seal(passphrase, opened) {
            // A device that has no 64 MiB.
            Err(VaultError::NoMemory) => Ok(vault(Effort::LEAST)?.seal(passphrase, opened)?),
            other => Ok(other?),
        }
    }

    /// Answers a request.
    pub async fn answer(&mut self, request: Request) -> Answer {
        self.answered(request).await.unwrap_or_else(|why| Answer::Refused(why.to_string()))
    }

    async fn answered(&mut self, request: Request) -> Result<Answer, PurseError> {
        match request {
            Request::Open if self.open.is_some() => self.view(None),
            Request::Open => Ok(if self.device.load(VAULT).await?.is_some() { Answer::Locked } else { Answer::Nothing }),
            Request::New { count } => {
                let words = match count {
                    24 => Words::from_entropy(&self.device.random::<32>()?)?,
                    _ => Words::from_entropy(&self.device.random::<16>()?)?,
                };
                let shown = self.shown(&words);
                self.fresh = Some(words);
                shown
            }
            Request::Keep { passphrase } => {
                let words = self.fresh.clone().ok_or_else(|| PurseError::Usage("there are no new words; begin again".to_owned()))?;
                self.make(words, &passphrase, Book { accounts: 1, ..Book::default() }).await?;
                self.fresh = None;
                self.update().await
            }
            Request::Restore { words, passphrase } => {
                self.make(Words::read(&words)?, &passphrase, Book { accounts: 1, backed_up: true, ..Book::default() }).await?;
                let chosen = self.till()?.choose(None, true).await;
                match chosen {
                    Ok(()) => self.update().await,
                    Err(why) => self.view(Some(why.to_string())),
                }
            }
            Request::Unlock { passphrase } => {
                self.unlock(&passphrase).await?;
                self.view(None)
            }
            Request::Quick => {
                let file = self.device.load(QUICK).await?.unwrap_or_default();
                let told =
                    |quick: Quick| Quickened { credential: hex::encode(quick.credential), salt: hex::encode(quick.salt), secret: String::new() };
                Ok(Answer::Quick(Quick::read(&file).map(told)))
            }
            Request::Quicken(quickened) => {
                let till = self.open.as_ref().ok_or(VaultError::WrongPassphrase)?;
                let file = match quickened {
                    Some(Quickened { credential, salt, secret }) => {
                        let credential = hex::decode(credential).map_err(|_| not_a_secret())?;
                        let secret = bytes(&secret)?;
                        Quick { credential, salt: *bytes(&salt)? }.seal(&secret, self.device.random()?, till.opened())?
                    }
                    None => Vec::new(),
                };
                self.device.save(QUICK, &file).await?;
                self.view(None)
            }
            Request::UnlockQuick { secret } => {
                let secret = bytes(&secret)?;
                self.unlock_quick(&secret).await?;
                self.view(None)
            }
            Request::Lock => {
                (self.open, self.fresh, self.places, self.unpacked) = (None, None, None, None);
                self.device.let_go();
                Ok(Answer::Locked)
            }
            Request::Words => {
                let words = self.till()?.words().clone();
                self.shown(&words)
            }
            Request::Check { answers } => {
                let places = self.places.ok_or_else(|| PurseError::Usage("no words were asked for yet".to_owned()))?;
                let words = match (&self.open, &self.fresh) {
                    (Some(till), _) => till.words().clone(),
                    (None, Some(words)) => words.clone(),
                    (None, None) => return Err(PurseError::Usage("there are no words to check".to_owned())),
                };
                if let Some((place, _)) = places.iter().zip(&answers).find(|(place, answer)| !words.is_word_at(**place, answer)) {
                    return Err(PurseError::Usage(format!("word {} is another one; look at what you wrote down", place.saturating_add(1))));
                }
                let till = self.till()?;
                till.book.backed_up = true;
                till.keep().await?;
                self.view(None)
            }
            Request::BackUp { passphrase, personal } => Ok(Answer::BackedUp { file: STANDARD.encode(self.back_up(&passphrase, personal)?) }),
            Request::Unpack { passphrase, file } => {
                let file = STANDARD.decode(file).map_err(|_| PurseError::Usage("the file came over damaged; choose it again".to_owned()))?;
                self.unpack(&passphrase, &file).await.map(Self::told_of)
            }
            Request::Adopt { passphrase } => match self.adopt(&passphrase).await? {
                true => self.update().await,
                false => Ok(Answer::Nothing),
            },
            Request::Update => self.update().await,
            Request::Ask { token, amount, label, message, regard } => self.ask((&token, &amount), label, message, regard.as_ref()).await,
            Request::Read { text, regard } => Ok(Answer::Asking(self.till()?.asking(&text, regard.as_ref())?.1)),
            Request::Rule(rule) => {
                let till = self.till()?;
                till.book.rule = rule;
                till.keep().await?;
                self.view(None)
            }
            Request::Pay { text, amount, regard } => {
                let till = self.till()?;
                let (asked, asking) = till.asking(&text, regard.as_ref())?;
                allowed(&asking.refusals)?;
                let units = till.units(&asked, &amount)?;
                till.pay(till.book.chosen, &asked, units).await?;
                self.sent().await
            }
            Request::Quote { swap, regard } => {
                let till = self.till()?;
                let judged = till.judged(regard.as_ref());
                Ok(Answer::Quote(Quote { warnings: judged.warns, refusals: judged.refuses, ..till.quote(swap)? }))
            }
            Request::Place { swap, regard } => {
                let till = self.till()?;
                allowed(&till.judged(regard.as_ref()).refuses)?;
                let order = till.order(&swap)?;
                till.place(till.book.chosen, order).await?;
                self.sent().await
            }
            Request::Steward { pool, swap, voucher, regard } => {
                let till = self.till()?;
                allowed(&till.judged(regard.as_ref()).refuses)?;
                till.swap_steward(till.book.chosen, id(&pool)?, &swap.amount, &voucher).await?;
                self.sent().await
            }
            Request::Cancel { order } => {
                let order = id(&order)?;
                let till = self.till()?;
                till.cancel(till.placed_by(&order), order).await?;
                self.sent().await
            }
            Request::Account { index } => {
                let till = self.till()?;
                if index > till.book.accounts.max(1) || index > MAX_INDEX {
                    return Err(PurseError::Usage("there is no such account; the next one has the next number".to_owned()));
                }
                let fresh = index == till.book.accounts.max(1);
                till.book.chosen = index;
                till.book.accounts = till.book.accounts.max(index.saturating_add(1));
                till.keep().await?;
                if fresh { self.update().await } else { self.view(None) }
            }
            Request::NameAccount { index, name } => {
                let till = self.till()?;
                till.name_account(index, &name);
                till.keep().await?;
                self.view(None)
            }
            Request::Currency { token } => {
                let till = self.till()?;
                till.book.currency = if token.is_empty() { None } else { Some(id(&token)?) };
                till.keep().await?;
                self.view(None)
            }
            Request::Name { who, name } => {
                let till = self.till()?;
                let name = name.trim();
                if name.is_empty() {
                    till.book.contacts.remove(&who);
                } else {
                    till.book.contacts.insert(who, name.chars().take(60).collect());
                }
                till.keep().await?;
                self.view(None)
            }
        }
    }

    fn shown(&mut self, words: &Words) -> Result<Answer, PurseError> {
        let places = words.places_to_check(self.device.random()?);
        self.places = Some(places);
        Ok(Answer::Words { words: words.iter().map(str::to_owned).collect(), places })
    }

    fn view(&mut self, trouble: Option<String>) -> Result<Answer, PurseError> {
        Ok(Answer::View { view: Box::new(self.till()?.view()?), trouble })
    }

    async fn update(&mut self) -> Result<Answer, PurseError> {
        let updated = self.till()?.update().await;
        self.view(updated.err().map(|why| why.to_string()))
    }

    /// Something was signed and kept: it is sent, now or later.
    async fn sent(&mut self) -> Result<Answer, PurseError> {
        let sent = self.till()?.send().await;
        self.view(sent.err().map(|why| format!("it is signed and kept, and goes out with the next update: {why}")))
    }

    async fn ask(&mut self, (token, amount): (&str, &str), label: String, message: String, regard: Option<&Regard>) -> Result<Answer, PurseError> {
        let till = self.till()?;
        let judged = till.judged(regard);
        allowed(&judged.refuses)?;
        let (uri, reference, note) = till.request(till.book.chosen, token, amount, label, message)?;
        till.book.asked.insert(reference, note);
        till.keep().await?;
        let code = qr_out::svg(&uri).map_err(|why| PurseError::Usage(why.to_string()))?;
        Ok(Answer::Asked { uri, code, warnings: judged.warns })
    }
}

fn not_a_secret() -> PurseError {
    PurseError::Usage("this device\u{2019}s lock gave no secret; take the passphrase".to_owned())
}

/// 32 bytes in hex.
fn bytes(text: &str) -> Result<Zeroizing<[u8; 32]>, PurseError> {
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text, &mut *bytes).map_err(|_| not_a_secret()).map(|()| bytes)
}

/// Whether something may be signed.
///
/// # Errors
/// Why the wallet's own rule says no.
pub fn allowed(refusals: &[String]) -> Result<(), PurseError> {
    match refusals {
        [] => Ok(()),
        why => Err(PurseError::Usage(format!("nothing was signed, by your own rule: {}", why.join("; ")))),
    }
}

impl<D: Device> Till<D> {
    /// What the wallet's own rule says of an organisation, if it is known.
    #[must_use]
    pub fn judged(&self, regard: Option<&Regard>) -> Judged {
        regard.map(|of| self.book.rule.judge(of)).unwrap_or_default()
    }

    /// Calls an account by a name, or forgets it.
    pub fn name_account(&mut self, index: u32, name: &str) {
        match name.trim() {
            "" => drop(self.book.names.remove(&index)),
            name => drop(self.book.names.insert(index, name.chars().take(60).collect())),
        }
    }

    /// How much is paid: what is asked for, or what the payer says.
    ///
    /// # Errors
    /// Both say something, or neither.
    pub fn units(&self, asked: &PaymentRequest, said: &str) -> Result<u64, PurseError> {
        let usage = |why: &str| Err(PurseError::Usage(why.to_owned()));
        match (asked.amount, said.trim()) {
            (Some(units), "") => Ok(units),
            (Some(_), _) => usage("the request names its amount; leave yours out"),
            (None, "") => usage("the request leaves the amount open; say how much"),
            (None, text) => Ok(read_amount(text, self.decimals(&asked.token).unwrap_or(0))?),
        }
    }

    /// A request for payment to an account of this person's, to be kept under its reference.
    ///
    /// # Errors
    /// The token is not known, or something is written so that a payer would refuse it.
    pub fn request(&self, account: u32, token: &str, amount: &str, label: String, message: String) -> Result<(String, [u8; 16], Note), PurseError> {
        let token = id(token)?;
        let decimals = self.decimals(&token).ok_or_else(|| PurseError::Usage("this wallet knows no such token; update it".to_owned()))?;
        let text = |text: String| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
        let amount = text(amount.to_owned()).map(|amount| read_amount(&amount, decimals)).transpose()?;
        let reference = self.device.random()?;
        let (label, message) = (text(label), text(message));
        let ledger = self.ledger().to_owned();
        let asked = PaymentRequest { to: self.account(account)?, ledger, token, amount, reference: Some(reference), label, message };
        let uri = asked.to_uri(decimals);
        // What the payer's wallet would refuse is refused here.
        PaymentRequest::read(&uri, self)?;
        // The label says who asks, which is this person: it is nothing to remember a payer by.
        let note = Note { message: asked.message, made: self.device.now(), account, ..Note::default() };
        Ok((uri, reference, note))
    }
}
