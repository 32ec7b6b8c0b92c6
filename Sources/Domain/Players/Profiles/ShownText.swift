import Basics
import Foundation
import Leaderboard

/// The form of short texts that a user writes and others see: names, jobs, names of API keys.
public enum ShownText {
    /// The longest text, in bytes of UTF-8: 32 of the longest emoji of families.
    public static let bytesMax = 1024
    /// The most marks on one letter. Every script needs fewer; more of them would cover the lines above and below.
    private static let marksMax = 8

    /// The text in the form in which it is stored: trimmed, and composed (NFC).
    ///
    /// - Parameters:
    ///   - text: as it was sent.
    ///   - graphemes: the most characters, as people count them.
    /// - Returns: nil if the text shows nothing, is too long, or holds something that could change how its neighbours
    ///   look: control characters, bidirectional overrides, invisible characters, heaps of marks.
    public static func normalized(_ text: String, graphemes: Int) -> String? {
        // Checked first, so that a long text costs nothing.
        guard text.utf8.count <= bytesMax else { return nil }
        let composed = text.trimmed().precomposedStringWithCanonicalMapping
        guard composed.utf8.count <= bytesMax, (1...graphemes).contains(composed.count),
            Names.isPrintable(composed), composed.allSatisfy(hasFewMarks), !beginsWithMark(composed)
        else { return nil }
        return composed
    }

    /// The rule, as a clause that can follow a field's name.
    public static func form(graphemes: Int) -> String { "must be 1 to \(graphemes) printable characters" }

    private static func hasFewMarks(_ character: Character) -> Bool {
        var marks = 0
        for scalar in character.unicodeScalars where isMark(scalar) { marks += 1 }
        return marks <= marksMax
    }

    /// A mark at the beginning would stand on the letter before the name.
    private static func beginsWithMark(_ text: String) -> Bool { text.unicodeScalars.first.map(isMark) ?? false }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark: true
        default: false
        }
    }
}
