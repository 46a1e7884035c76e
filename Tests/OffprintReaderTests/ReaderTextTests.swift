import Foundation
import OffprintReader
import OffprintWire
import Testing

private func read(_ text: String, fileName: String? = nil) throws -> ReadArticle {
  try Reader.read(text: Array(text.utf8), fileName: fileName)
}

@Suite struct ReaderTextTests {
  @Test(arguments: [
    ("one\ntwo\n\nthree\n", "<p>one two</p>\n<p>three</p>\n"),
    ("\u{FEFF}one\r\ntwo\r\n\r\n \t \r\nthree", "<p>one two</p>\n<p>three</p>\n"),
    ("one\r\rtwo", "<p>one</p>\n<p>two</p>\n"),
    ("one\n\u{A0}\ntwo", "<p>one</p>\n<p>two</p>\n"),
    ("a < b & c > \"d\" <script>", "<p>a &lt; b &amp; c &gt; \"d\" &lt;script&gt;</p>\n"),
    ("one\u{C}two\u{7F}\u{1B}[0m", "<p>one two[0m</p>\n"),
  ])
  func `paragraphs are parted by blank lines and hold the text as it is`(text: String, expected: String) throws {
    #expect(String(decoding: try read(text).body, as: UTF8.self) == expected)
  }

  @Test func `the first line is the title if it is short, else the file's name is`() throws {
    #expect(try read("\n  A title \nmore\n\nbody", fileName: "x.txt").title == "A title")
    let long = String(repeating: "long ", count: 50)
    #expect(try read(long, fileName: "/some/folder/My notes.old.txt").title == "My notes.old")
    #expect(try read(long, fileName: ".hidden").title == ".hidden")
    #expect(try read(long).title == nil)
  }

  @Test func `bytes that are no UTF-8 are taken for windows-1252`() throws {
    let article = try Reader.read(text: [0x93, 0x63, 0x61, 0x66, 0xE9, 0x94, 0x20, 0x80], fileName: nil)
    #expect(String(decoding: article.body, as: UTF8.self) == "<p>“café” €</p>\n")
  }

  @Test func `a mark of UTF-16 is understood`() throws {
    let little: [UInt8] = [0xFF, 0xFE, 0xE9, 0x00, 0x22, 0x6F]
    let big: [UInt8] = [0xFE, 0xFF, 0x00, 0xE9, 0x6F, 0x22]
    for bytes in [little, big] {
      #expect(String(decoding: try Reader.read(bytes, url: nil, fileName: nil).body, as: UTF8.self) == "<p>é漢</p>\n")
    }
  }

  @Test func `a NUL, an empty text and one too large are refused with the reason`() {
    #expect(throws: ReaderError.containsNUL(offset: 3)) { try Reader.read(text: Array("abc\0d".utf8), fileName: nil) }
    #expect(throws: ReaderError.empty) { try read(" \n\n\t ") }
    #expect(throws: ReaderError.empty) { try read("") }
    let large = [UInt8](repeating: 0x61, count: Reader.inputBytesMax + 1)
    #expect(throws: ReaderError.tooLarge(bytes: large.count, bytesMax: Reader.inputBytesMax)) {
      try Reader.read(text: large, fileName: nil)
    }
    #expect(throws: ReaderError.tooLarge(bytes: large.count, bytesMax: Reader.inputBytesMax)) {
      try Reader.read(html: large, url: nil)
    }
  }

  @Test func `of a text copied from a page only the article is kept`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let bytes = Array(try Data(contentsOf: folder.appending(path: "Fixtures/sample/paper-boats.txt")))
    #expect(try Reader.detect(bytes) == .text)
    let article = try Reader.read(bytes, url: nil, fileName: "paper-boats.txt")
    let text = BodyText(html: article.body)
    #expect(article.title == "The town that launches paper boats every November")
    #expect(article.standfirst?.hasPrefix("For one evening a year") == true)
    #expect(article.excerpt == article.standfirst)
    #expect(text.blocks.count == 8)
    #expect(text.blocks.allSatisfy { $0.element == .paragraph })
    #expect(text.text(ofBlock: 0).hasPrefix("The boats are folded in kitchens"))
    #expect(text.text(ofBlock: 7).hasSuffix("Orla Tench has asked for more brooms."))
    #expect(article.byline == nil && article.published == nil && article.site == nil)
  }

  @Test func `a text without a page around it is kept whole`() throws {
    let text =
      "A letter\n\nDear Orla, the lamps are lit, and all is well here.\n\nShare this with nobody.\n\nYours, Ana\n"
    #expect(BodyText(html: try read(text).body).blocks.count == 4)
  }
}

@Suite struct InputKindTests {
  @Test(arguments: [
    ("<!DOCTYPE html><p>x", InputKind.html), ("  \n<html>", .html), ("<p>x</p>", .html), ("<!-- a --><p>", .html),
    ("\u{FEFF}<html>", .html), ("<?xml version=\"1.0\"?><html>", .html), ("HTTP noise\n<HTML><body>", .html),
    ("plain", .text), ("a < b and c > d", .text), ("<- an arrow", .text), ("<someone@example.com> wrote:", .text),
    ("To make a link write <a href=x>", .text), ("<3", .text), (" ", .text),
  ])
  func `markup and text are told apart`(source: String, expected: InputKind) throws {
    #expect(try Reader.detect(Array(source.utf8)) == expected)
  }

  @Test(
    arguments: [
      (Array("%PDF-1.7".utf8), "a PDF file"), ([0x89, 0x50, 0x4E, 0x47, 0x0D], "a PNG image"),
      ([0x50, 0x4B, 3, 4, 20], "a ZIP archive or an office or EPUB file"), ([1, 2, 0, 4], "a binary file"),
    ] as [([UInt8], String)])
  func `other files are refused by their name`(bytes: [UInt8], kind: String) {
    #expect(throws: ReaderError.binary(kind: kind)) { try Reader.detect(bytes) }
    #expect("\(ReaderError.binary(kind: kind))" == "it is \(kind), neither HTML nor plain text")
  }

  @Test(arguments: [
    ("<meta charset=iso-8859-1><p>", [0xE9] as [UInt8], "é"),
    ("<meta charset=utf-8><p>", [0xC3, 0xA9], "é"),
    ("<meta charset=iso-8859-1><p>", [0xC3, 0xA9], "é"),
    ("<p>", [0x96, 0x80], "–€"),
    ("<meta http-equiv=content-type content='text/html; charset=\"Shift_JIS\"'><p>", [0x93, 0xFA, 0x96, 0x7B], "日本"),
    ("<meta charset=gb2312><p>", [0xD6, 0xD0, 0xB9, 0xFA], "中国"),
    ("<meta charset=windows-1251><p>", [0xCF, 0xF0, 0xE8], "При"),
    ("<meta charset=koi8-r><p>", [0xF0, 0xD2, 0xC9], "При"),
    ("<meta charset=utf-8><p>a", [0xE9, 0x62], "a\u{FFFD}b"),
    ("<meta charset=euc-jp><p>", [0xC6, 0xFC, 0xFF, 0x61], "日\u{FFFD}a"),
    ("<meta charset=no-such><p>", [0xE9], "é"),
  ])
  func `a page's bytes are read in the encoding they are in`(start: String, bytes: [UInt8], expected: String) throws {
    let article = try Reader.read(html: Array(start.utf8) + bytes, url: nil)
    #expect(String(decoding: article.body, as: UTF8.self) == "<p>\(expected)</p>\n")
  }
}
