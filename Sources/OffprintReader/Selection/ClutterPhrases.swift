/// General phrases by which pages address their readers beside the article, in several languages.
enum ClutterPhrases {
  /// In a short block: it is not the article's.
  static let lines = PhraseTable([
    (
      .whole,
      [
        "advertisement", "advert", "ad", "ads", "share", "tweet", "facebook", "twitter", "whatsapp", "email", "e-mail",
        "print", "pinterest", "linkedin", "reddit", "telegram", "instagram", "comments", "comment", "no comments",
        "0 comments", "close", "caption", "loading", "next", "prev", "previous", "next prev",
        "play", "play video", "video", "pause", "mute", "share this", "save", "like", "reply", "more", "menu", "search",
        "home", "follow", "subscribe", "newsletter", "log in", "login", "sign in", "sign up", "read more", "show more",
        "show less", "load more", "view more", "see more", "learn more", "continue reading", "keep reading",
        "view comments", "show comments", "hide caption",
        "toggle caption", "enlarge this image", "back to top", "top", "tags", "topics", "related", "sponsored",
        "promoted", "breaking news", "opinion", "analysis", "by", "view gallery", "see full gallery", "photos",
        "gallery", "slideshow", "skip ad", "story continues below", "key points", "trending news", "trending", "latest",
        "latest news",
        "anzeige", "werbung", "teilen", "drucken", "kommentare", "kommentar", "merken", "mehr", "weiterlesen", "zurück",
        "nach oben", "schließen", "vorlesen", "artikel teilen", "zur startseite", "facebook twitter", "startseite",
        "newsletter abonnieren",
        "publicité", "partager", "imprimer", "commenter", "commentaires", "lire la suite", "fermer", "publicidad",
        "compartir", "imprimir", "comentarios", "cerrar", "leer más", "publicidade", "compartilhar", "compartilhe",
        "comentários", "leia mais", "pubblicità", "condividi", "stampa", "commenti", "chiudi", "advertentie", "delen",
        "reacties", "reklama", "udostępnij",
      ]
    ),
    (
      .start,
      [
        "weiterlesen", "zum artikel", "zum beitrag", "mehr erfahren", "keep reading", "continue reading", "permalink",
        "permalien", "impressum", "werbung", "źródło", "pressekontakt", "kontakt",
        "read more", "read also", "also read", "see also", "see more", "read next", "read on", "related", "more from",
        "more on", "more about", "more stories", "more news", "more coverage", "more like this",
        "also on", "also in", "also see", "also from", "share this", "share on", "share via", "share it", "share with",
        "share your thoughts", "sharing is", "follow us", "follow me", "follow him on", "follow her on",
        "follow them on", "follow the author", "like us on", "find us on", "join us on", "connect with us",
        "sign up for", "sign up to", "sign up here", "sign up now", "subscribe to", "subscribe now", "subscribe today",
        "subscribe here", "subscribe and", "click here to", "click here for", "click to share", "click on a",
        "get the latest", "get our", "get breaking", "get more", "download the", "download our", "advertisement",
        "sponsored by", "photo by", "photo courtesy", "photo credit", "image credit", "image courtesy", "image via",
        "image source", "photos by", "picture credit", "pictured above", "credit", "copyright", "all rights reserved",
        "tags", "tagged", "filed under", "posted in", "posted by", "categories", "category", "topics", "last updated",
        "updated at", "last modified", "published on", "posted on", "first published", "originally published",
        "published by", "leave a comment", "leave a reply", "leave your comment", "post a comment", "write a comment",
        "join the discussion", "join the conversation", "you may also", "you might also", "you may like", "recommended",
        "don't miss", "dont miss", "most popular", "most read", "most viewed", "editors picks", "editor's picks",
        "what to read next", "up next", "next story", "next article", "next post", "previous post",
        "previous article", "previous story", "print this", "email this", "report a", "have a tip", "got a tip",
        "contact the author", "contact us", "send us", "tell us what", "let us know", "what do you think",
        "support our", "donate", "make a donation", "reporting by", "additional reporting by", "editing by",
        "about the author", "written by", "author", "this slideshow requires", "view all", "see all",
        "story continues", "article continues", "like this story", "like this article", "enjoyed this", "did you like",
        "did you find", "was this article", "rate this", "view this", "watch more", "watch also", "please share",
        "please enable", "please log in", "please sign", "you must be logged", "you need to be logged",
        "your email address", "enter your email", "join our", "join the", "support us", "become a", "to read more",
        "for more information visit", "for more stories", "for more news", "start your free", "if you're seeing this",
        "do you want to be informed", "this article is the copyrighted", "follow on", "already a subscriber",
        "listen to this article", "image copyright", "media caption", "image caption",
        "something went wrong", "find out more", "more information about", "skip to", "jump to",
        "table of contents", "disclosure", "disclaimer",
        "mehr zum thema", "lesen sie auch", "lesen sie mehr", "auch interessant", "das könnte", "weitere artikel",
        "weitere themen", "weitere informationen finden", "weitere infos", "mehr dazu", "mehr zu", "mehr infos",
        "siehe auch", "zum thema", "foto von", "foto", "bild", "quelle", "quellen", "bildquelle", "bildnachweis",
        "schlagwörter", "schlagworte", "kategorie", "kategorien", "themen", "stichworte", "veröffentlicht am",
        "veröffentlicht in", "zuletzt aktualisiert", "aktualisiert am", "jetzt abonnieren", "abonnieren sie",
        "newsletter", "jetzt anmelden", "melden sie sich", "diesen artikel", "artikel drucken", "beitrag teilen",
        "teilen sie", "teilen mit", "folgen sie uns", "folge uns", "schreibe einen kommentar", "kommentar schreiben",
        "kommentar verfassen", "kommentar hinterlassen", "ihre meinung", "deine e mail", "autor", "über den autor",
        "über die autorin", "gefällt mir", "gefällt dir", "hat ihnen", "vorheriger beitrag", "nächster beitrag",
        "vorheriger artikel", "nächster artikel", "hinweis der redaktion", "schon gelesen", "auch auf", "mehr themen",
        "möchten sie den artikel", "titelbild", "rezept drucken", "werden sie mitglied", "dieser beitrag enthält",
        "vorschau auf", "weiterführende informationen", "weiterführende links", "lesen sie hier", "hier geht es",
        "hier gehts", "alle angaben ohne gewähr", "jetzt teilen", "jetzt lesen", "aufmacherbild", "beitragsbild",
        "symbolbild", "quellenangaben", "das könnte sie", "passend dazu", "passend zum thema", "drucken",
        "wählen sie ihren zugang",
        "lire aussi", "à lire aussi", "à lire", "a lire", "voir aussi", "sur le même sujet", "partager", "partagez",
        "abonnez vous", "inscrivez vous", "crédit photo", "photo", "mots clés", "publié le", "mis à jour",
        "laisser un commentaire", "pour aller plus loin", "suivez nous",
        "lea también", "lee también", "lea tambien", "lee tambien", "lea además", "le puede interesar", "siguenos",
        "le recomendamos", "puede escribirnos", "crédits photos", "credits photos", "leer más", "te puede interesar",
        "ver también", "más información", "más noticias", "comparte", "compartir", "suscríbete", "síguenos",
        "etiquetas", "publicado", "deja un comentario", "leia também", "leia mais", "veja também", "saiba mais",
        "compartilhe", "siga nos", "assine", "leggi anche", "leggi tutto", "potrebbe interessarti", "condividi",
        "iscriviti", "seguici", "lees ook", "lees meer", "meer over", "volg ons", "deel dit", "czytaj także",
        "czytaj więcej", "dowiedz się więcej", "zapraszamy też", "polecamy", "przeczytaj", "sprawdź także",
        "czytaj też", "zobacz także", "zobacz też", "läs mer", "läs också", "læs også", "les også",
      ]
    ),
    (
      .anywhere,
      [
        "contributed to this report", "contributed to this story", "contributed to this article",
        "contributed reporting", "follow us on", "follow him on twitter", "follow her on twitter",
        "follow me on twitter", "on facebook twitter", "on twitter and", "like us on facebook", "sign up for our",
        "subscribe to our", "our newsletter", "newsletters", "free newsletter", "daily newsletter", "weekly newsletter",
        "terms of service", "terms of use", "privacy policy", "cookie policy", "all rights reserved",
        "may be reached at", "can be reached at", "reach him at", "reach her at", "email him at", "email her at",
        "this material may not be published", "may not be reproduced", "javascript", "powered by",
        "click here for more", "click here to", "let us know in the comments", "in the comments below",
        "delivered to your inbox", "in your inbox", "to your inbox", "affiliate links", "affiliate commission",
        "earn a commission", "share this article", "share this story", "share this post", "we use cookies", "cookies",
        "download the app", "download our app", "app store", "google play", "listen live", "read the full story",
        "read full story", "watch the video above", "for as little as", "subscription", "reporting by",
        "newsletter abonnieren", "unseren newsletter", "datenschutzerklärung", "nutzungsbedingungen",
        "alle rechte vorbehalten", "folgen sie uns", "besuchen sie uns", "notre newsletter",
        "politique de confidentialité", "tous droits réservés", "nuestro boletín", "política de privacidad",
        "todos los derechos reservados", "cuota mensual", "nossa newsletter",
      ]
    ),
  ])

  /// In a paragraph of any length: the site speaks to its readers about itself.
  static let appeals = PhraseTable([
    (
      .anywhere,
      [
        "thanks to our readers", "thank you for reading", "our readers and supporters", "tax-exempt donation",
        "tax-deductible donation", "consider a donation", "consider donating", "consider making a donation",
        "consider supporting", "consider subscribing", "consider becoming", "support our journalism",
        "support our work",
        "support independent journalism", "paid for by readers", "funded by readers", "end-of-the-year giving",
        "make a donation", "make a contribution", "become a member", "become a supporter", "sign up for our",
        "subscribe to our", "subscribe now", "join our mailing list", "like this story", "if you enjoyed this",
        "if you liked this", "unterstützen sie uns", "unterstützen sie unsere", "jetzt spenden",
        "mit ihrer spende", "werden sie mitglied", "jetzt abonnieren", "soutenez nous", "faites un don", "abonnez vous",
        "haz una donación", "apoya nuestro", "suscríbete a", "sostienici", "fai una donazione", "steun ons",
        "wesprzyj nas", "apoie o",
      ]
    )
  ])

  /// In a heading or a line on its own: from here on, other things follow.
  static let tails = PhraseTable([
    (
      .start,
      [
        "related", "more from", "more on", "more stories", "more news", "more in", "more articles",
        "more like", "you may also", "you might also", "you may like", "recommended", "read more", "read next",
        "read also", "also read", "don't miss", "most popular", "most read", "what to read next", "up next",
        "comments", "leave a comment", "leave a reply", "post a comment", "join the discussion",
        "join the conversation", "share this", "sharing is", "about the author", "sign up", "newsletter",
        "follow us", "other stories", "other news", "see also", "add a comment", "reader comments", "mehr zum thema",
        "weitere artikel", "weitere themen", "das könnte", "auch interessant", "lesen sie auch", "kommentare",
        "schreibe einen", "mehr aus", "mehr von", "newsletter", "über den autor", "über die autorin",
        "keine kommentare", "à lire", "lire aussi", "sur le même", "articles similaires", "commentaires",
        "laisser un", "artículos relacionados", "te puede", "comentarios", "noticias relacionadas", "relacionadas",
        "relacionados", "leia também", "veja também", "comentários", "articoli correlati", "leggi anche", "lees ook",
        "reacties", "gerelateerd", "komentarze", "powiązane",
      ]
    ),
    (
      .whole,
      [
        "trending", "latest", "tags", "subscribe", "similar", "next", "previous", "popular", "responses", "about",
        "weitere", "kommentar", "ähnliche", "verwandte", "meistgelesen", "aktuelle", "schlagwörter", "teilen",
        "neueste", "diskussion", "antworten", "leserkommentare", "deixe", "potrebbe", "commenti",
      ]
    ),
  ])
}
