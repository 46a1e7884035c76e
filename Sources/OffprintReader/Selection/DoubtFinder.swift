import OffprintWire

/// Recognises pages that are no article, or only the beginning of one.
enum DoubtFinder {
  /// A text of more words is an article, whatever else the page says.
  private static let wordsMax = 250

  static func doubt(
    _ page: Page, _ measures: PageMeasures, _ facts: PageFacts, title: String?, words: Int, root: Int?
  ) -> ArticleDoubt? {
    let isLinks = measures.blocks.count > 40 && measures.linkShare(measures.blocks.indices) > 0.8
    if root == nil, isLinks { return .listing }
    guard words < wordsMax else { return nil }
    let heading = WordHashes.of(((title ?? "") + " " + facts.documentTitle).utf8)
    if errorTitles.matches(heading) { return .errorPage }
    if browserTitles.matches(heading) { return .needsBrowser }
    var asksToPay = facts.linkedData.isPaid
    for block in measures.blocks where block.words <= 60 && block.scalars > 8 {
      let bytes = block.nodes.reduce(into: [UInt8]()) { if page.nodes[$1].tag == .text { $0 += page.text($1) } }
      let found = WordHashes.of(bytes, max: 61)
      if payPhrases.matches(found) { asksToPay = true }
      if words < 80, browserPhrases.matches(found) { return .needsBrowser }
      if words < 80, errorPhrases.matches(found) { return .errorPage }
    }
    if asksToPay { return .paywall }
    if words < 60, measures.blocks.count > 40, measures.linkShare(measures.blocks.indices) > 0.5,
      facts.linkedData.headline == nil, facts.field("og:type") != "article"
    {
      return .listing
    }
    return nil
  }

  private static let errorTitles = PhraseTable([
    (
      .anywhere,
      [
        "404", "page not found", "not found", "page unavailable", "error 403", "403 forbidden", "forbidden",
        "seite nicht gefunden", "nicht gefunden", "page introuvable", "página no encontrada", "pagina non trovata",
        "página não encontrada", "pagina niet gevonden", "500 internal", "bad gateway", "service unavailable",
      ]
    )
  ])
  private static let browserTitles = PhraseTable([
    (
      .anywhere,
      [
        "just a moment", "attention required", "access denied", "are you a robot", "security check",
        "verify you are human", "captcha", "zugriff verweigert",
      ]
    )
  ])
  private static let errorPhrases = PhraseTable([
    (
      .anywhere,
      [
        "page you requested could not be found", "page you are looking for", "page you were looking for",
        "page does not exist", "page doesn't exist", "page could not be found", "seite wurde nicht gefunden",
        "seite existiert nicht", "seite konnte nicht gefunden", "page demandée n'existe pas",
        "página que busca no existe",
      ]
    )
  ])
  private static let browserPhrases = PhraseTable([
    (
      .anywhere,
      [
        "enable javascript", "javascript is disabled", "requires javascript", "javascript to run this app",
        "you are human", "unusual traffic", "checking your browser", "complete the captcha",
        "aktivieren sie javascript", "javascript aktivieren", "activer javascript", "habilitar javascript",
      ]
    )
  ])
  private static let payPhrases = PhraseTable([
    (
      .anywhere,
      [
        "to continue reading", "to read the full", "to read the whole", "to keep reading",
        "continue reading your article", "subscribe to read", "subscribe to continue", "subscribers only",
        "for subscribers", "subscriber exclusive", "already a subscriber", "already a member", "sign in to continue",
        "log in to continue", "sign in to read",
        "log in to read", "this article is for", "unlock this article", "members only", "free articles remaining",
        "weiterlesen mit", "jetzt weiterlesen", "diesen artikel weiterlesen", "vollständigen artikel",
        "nur für abonnenten", "für abonnenten", "exklusiv für abonnenten", "bereits abonnent",
        "sie sind bereits abonnent", "artikel freischalten",
        "wählen sie ihren zugang", "réservé aux abonnés", "réservé à nos abonnés", "pour lire la suite", "déjà abonné",
        "solo para suscriptores", "exclusivo para suscriptores", "ya eres suscriptor", "riservato agli abbonati",
        "exclusivo para assinantes", "alleen voor abonnees", "tylko dla subskrybentów",
      ]
    )
  ])
}
