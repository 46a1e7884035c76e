import OffprintWire

/// General words by which pages name their parts, and what each says.
///
/// None names a site, a page or a product. A word is looked for at the start of a word, or of a part of a word in camel case; one
/// that ends in `*` may go on, and one that starts with `*` may stand anywhere.
enum HintWords {
  private static let table: [(Hints, [String])] = [
    (
      .articleBody,
      [
        "*articlebody", "*article-body", "*article_body", "*article__body", "*storybody", "*story-body", "*story_body",
        "*entry-content", "*entrycontent", "*entry_content", "*post-content", "*postcontent", "*post_content",
        "*post-body",
        "*postbody", "*post_body", "*article-content", "*articlecontent", "*article_content", "*article-text",
        "*articletext",
        "*article_text", "*story-content", "*storycontent", "*story_content", "*news-body", "*newsbody",
        "*news-content",
        "*body-content", "*bodycontent", "*body-copy", "*bodycopy", "*content-body", "*contentbody", "*content__body",
        "*article__content", "*story-text", "*storytext", "*news-text", "*newstext", "*blog-content", "*blogcontent",
        "*post-text", "*post__content", "*article-copy", "*page-content", "*single-content", "*main-text", "*maintext",
        "*text-content", "*body-text", "*bodytext", "*richtext", "*rich-text", "*artikeltext", "*artikel-text",
        "*beitragstext",
      ]
    ),
    (
      .main,
      [
        "article*", "content*", "main*", "story*", "post", "post-*", "entry*", "text*", "body*", "hentry", "blog*",
        "page*",
        "artikel*", "beitrag*", "inhalt*", "contenu*", "articulo*", "articolo*", "contenido*", "column*", "prose",
        "copy",
        "single*",
      ]
    ),
    (
      .share,
      [
        "share*", "sharing*", "*-share", "*_share", "*social*", "follow*", "teilen*", "partage*", "compart*",
        "condivid*",
        "*sharebar*", "*sharebuttons*", "*-sharing*",
      ]
    ),
    (
      .related,
      [
        "*related*", "*recommend*", "*read-more*", "*readmore*", "*read-next*", "*readnext*", "*read-also*",
        "*more-from*", "*morefrom*", "*more-stories*",
        "*more-news*", "*more-articles*", "*more-on*", "*similar*", "*popular*", "*trending*", "most-read*",
        "*mostread*",
        "*most-viewed*", "*most-*", "*also-like*", "*see-also*", "*seealso*", "*next-article*", "*nextarticle*",
        "*up-next*", "*upnext*", "*teaser*", "*weitere*",
        "*verwandt*", "*mehr-zum*", "*empfehl*", "*a-lire*", "*lire-aussi*", "*suggest*", "*latest*", "*crosslink*",
        "*other-news*",
        "*othernews*", "*dont-miss*", "*you-may*", "*you-might*", "*correlat*", "*relacionad*", "*ler-mais*",
        "*next-post*", "*nextpost*", "*prev-next*", "*adjacent*", "*post-nav*", "*further*",
      ]
    ),
    (
      .comments,
      [
        "comment*", "*-comments", "*comments", "*comment-*", "kommentar*", "*-kommentare", "replies",
        "reply*", "respond", "trackback*", "pingback*", "reviews", "discussion*",
        "commentaire*", "comentario*", "reaction*",
      ]
    ),
    (
      .navigation,
      [
        "nav", "nav-*", "nav_*", "navi", "navbar*", "*-nav", "*navigation*", "*menu*", "*breadcrumb*", "*pagination*",
        "pager*", "*-pager",
        "skip*", "*toolbar*", "*sitemap*", "*table-of-contents*", "*tableofcontents*", "*tab-list*", "tabs",
      ]
    ),
    (
      .footer,
      [
        "foot", "footer*", "*-footer", "*_footer", "*__footer", "*footer-*", "colophon", "copyright*", "impressum",
        "imprint", "legal", "disclaimer",
      ]
    ),
    (.header, ["header*", "masthead*", "*-header", "*_header", "*__header", "head"]),
    (
      .sidebar,
      [
        "*sidebar*", "side", "side-*", "aside*", "*-aside", "rail*", "*-rail", "*right-col*", "*rightcol*",
        "*left-col*", "*leftcol*", "widget*", "*-widget", "*_widget", "seitenleiste", "marginal*", "secondary",
      ]
    ),
    (
      .promotion,
      [
        "ad", "ads", "ad-*", "ads-*", "ad_*", "*-ad", "*-ads", "*_ad", "*_ads", "*-ad-*", "advert*", "*advertis*",
        "adbox*", "adslot*", "adunit*", "*banner*", "*sponsor*", "*promo", "*promo-*", "*promotion*", "promo*",
        "*newsletter*", "*subscri*", "*signup*", "*sign-up*", "*sign_up*", "*donat*", "*fundrais*", "cta", "cta-*",
        "*-cta", "*call-to-action*", "*werbung*", "anzeige*", "*-anzeige", "publicite*",
        "publicidad*", "*abonn*", "*spenden*", "*shop*", "*affiliate*", "*mailing*", "*app-download*", "*support-us*",
        "*membership*", "*giveaway*", "*optin*",
      ]
    ),
    (
      .dialog,
      [
        "*cookie*", "*consent*", "gdpr*", "*modal*", "*popup*", "*pop-up*", "*overlay*", "*paywall*", "login*",
        "*-login", "*signin*", "*sign-in*", "*register*", "*lightbox*", "*dialog*", "*noscript*", "*adblock*", "toast*",

      ]
    ),
    (
      .byline,
      [
        "*byline*", "*by-line*", "*autor*", "*author*", "*contributor*", "*writer*", "*reporter*", "*credits*",
        "*verfasser*", "*redakteur*", "*auteur*",
      ]
    ),
    (
      .author,
      [
        "*author-bio*", "*authorbio*", "*about-author*", "*about-the-author*", "*aboutauthor*", "*author-box*",
        "*authorbox*", "*author-info*", "*author-description*", "*author-profile*", "bio", "bio-*", "*-bio",
        "*biograph*", "*autorenbox*", "*author-card*", "*author_bio*", "*author__bio*",
      ]
    ),
    (
      .meta,
      [
        "meta", "meta-*", "*-meta", "*_meta", "*__meta", "*metadata*", "*postmeta*", "*entrymeta*", "*articlemeta*",
        "*dateline*", "*published*", "*read-time*", "*reading-time*", "*readtime*", "*lesezeit*", "*info-bar*",
        "*view-count*", "*views*", "*rating*", "*votes*", "*kicker*", "*eyebrow*", "*overline*", "*rubrik*",
        "*ressort*", "*section-name*", "*postinfo*", "*post-info*", "*article-info*", "*print-*", "print",
        "*font-size*", "*dachzeile*", "*spitzmarke*",
      ]
    ),
    (
      .date,
      [
        "date*", "*-date", "*_date", "*__date", "*date-*", "time", "*timestamp*", "*time-*", "*-time", "*datum*",
        "*datetime*", "posted*", "*published*", "*pubdate*", "updated", "*postdate*", "*entrydate*",
      ]
    ),
    (
      .tags,
      [
        "tags", "tag", "*-tags", "*_tags", "*__tags", "*tags-*", "tag-*", "taglist*", "*-taglist", "*tag-list*",
        "tagcloud*", "*keywords*", "*topics*", "*categor*", "*schlagw*", "*stichw*", "*themen", "*hashtag*",
        "cat-links*", "*filed*",
      ]
    ),
    (
      .caption,
      [
        "*caption*", "*credit", "*photo-credit*", "*credit-*", "*bildunterschrift*", "*bildnachweis*", "*photographer*",
        "*copyright*", "*legende*", "*image-source*", "*img-source*", "*bildquelle*", "*bu-text*", "*cutline*",
        "*quelle",
      ]
    ),
    (
      .hidden,
      [
        "hidden", "*hidden-*", "*-hidden", "hide", "*visually*", "*sr-only*", "*screen-reader*", "*screenreader*",
        "*visuallyhidden*", "*offscreen*", "*noprint*", "invisible", "*print-only*", "*printonly*", "d-none", "*a11y*",
        "*no-display*", "*display-none*",
      ]
    ),
    (
      .title,
      [
        "*headline*", "*title*", "*titel*", "*-heading", "*überschrift*", "*titre*", "*titolo*", "*titulo*",
        "ueberschrift*",
      ]
    ),
    (
      .standfirst,
      [
        "*standfirst*", "*subtitle*", "*sub-title*", "*subhead*", "*sub-head*", "*dek", "*deck*", "*dek-*", "*lede",
        "lead", "*-lead", "*_lead", "*lead-text*", "*leadtext*", "*intro", "*intro-*", "*summary*", "*excerpt*",
        "*abstract*", "*teasertext*", "*vorspann*", "*chapo*", "*chapeau*", "*untertitel*", "*description*",
        "*strapline*", "*entradilla*", "*abbinder*", "*key-point*", "*keypoint*", "*takeaway*", "*highlights*",
      ]
    ),
    (
      .inset,
      [
        "*pullquote*", "*pull-quote*", "*pull_quote*", "*inset*", "*factbox*", "*fact-box*", "*infobox*", "*info-box*",
        "*infokasten*", "*callout*", "*callout-*", "*side-note*", "*inline-*", "*in-article*", "*in-content*",
        "*interstitial*",
      ]
    ),
    (
      .media,
      [
        "*video*", "*player*", "*gallery*", "*slideshow*", "*carousel*", "*slider*", "*podcast*", "*audio*",
        "*galerie*", "*bildergalerie*", "*playlist*",
      ]
    ),
  ]

  private static let automaton = WordAutomaton(table.flatMap { hints, words in words.map { ($0, hints.rawValue) } })

  /// The hints of a class or an id.
  static func find(in value: ArraySlice<UInt8>) -> Hints {
    var hints: Hints = []
    for name in value.prefix(400).split(whereSeparator: \.isASCIIWhiteSpace) {
      let found = Hints(rawValue: automaton.find(in: name))
      // A name such as "article-sidebar" speaks of the article only to say where the sidebar is.
      hints.formUnion(found.isDisjoint(with: .clutter) ? found : found.subtracting(.main))
    }
    return hints
  }

  /// What single words of properties say.
  private static let properties: [AttributeName: [(String, Hints)]] = [
    .itemprop: [
      ("articlebody", .articleBody), ("author", .byline), ("datepublished", .date), ("datemodified", .date),
      ("datecreated", .date), ("headline", .title), ("comment", .comments), ("keywords", .tags),
      ("articlesection", .tags),
    ],
    .rel: [("author", .byline), ("tag", .tags)],
    .role: [
      ("main", .main), ("navigation", .navigation), ("menu", .navigation), ("menubar", .navigation),
      ("search", .navigation), ("toolbar", .navigation), ("tablist", .navigation), ("complementary", .sidebar),
      ("contentinfo", .footer), ("banner", .header), ("dialog", .dialog), ("alertdialog", .dialog),
    ],
  ]
  private static let propertyTables = properties.mapValues { words in
    NameTable(words.enumerated().map { ($0.element.0, UInt8($0.offset)) })
  }

  /// The hints of `itemprop`, `rel` and `role`.
  static func findProperty(_ name: AttributeName, _ value: ArraySlice<UInt8>) -> Hints {
    guard let table = propertyTables[name], let words = properties[name] else { return [] }
    var hints: Hints = []
    for word in value.prefix(100).split(whereSeparator: \.isASCIIWhiteSpace) {
      if let index = table.value(word) { hints.formUnion(words[Int(index)].1) }
    }
    return hints
  }
}
