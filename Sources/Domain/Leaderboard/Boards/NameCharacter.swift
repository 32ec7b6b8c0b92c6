/// The class of a Unicode scalar in a user id. The table is our own, so that every node decides alike, whichever
/// version of Unicode its system has.
///
/// Source: Unicode 16.0. The general categories Cc, Cf, Co, Zl, Zp and Zs, the property Default_Ignorable_Code_Point
/// (DerivedCoreProperties.txt), noncharacters, and a few characters with a blank glyph. Unassigned code points count as
/// visible: a later version of Unicode may give them a shape, and until then they show as a box.
enum NameCharacter {
    /// Shows something, alone or together with its neighbours.
    case visible
    /// Allowed in names, but shows nothing: spaces, joiners, variation selectors, blank letters.
    case invisible
    /// A part of a flag; see `FlagTags`.
    case tag
    /// Not allowed in names.
    case refused

    init(_ scalar: UInt32) {
        switch scalar {
        case 0x21...0x7e: self = .visible
        case 0x20: self = .invisible
        case 0x00...0x9f: self = .refused
        case 0xe0020...0xe007f: self = .tag
        default:
            if Self.isRefused(scalar) {
                self = .refused
            } else {
                self = Self.isInvisible(scalar) ? .invisible : .visible
            }
        }
    }

    private static func isRefused(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0xad, 0x61c, 0x180e, 0x200b, 0x200e...0x200f: true  // soft hyphen, directional marks, zero-width space
        case 0x2028...0x2029: true  // separators of lines and paragraphs
        case 0x202a...0x202e, 0x2060...0x206f: true  // bidirectional embeddings, overrides and isolates, operators
        case 0xfeff, 0xfff0...0xfffb: true  // byte order mark, annotation marks
        case 0x1bca0...0x1bca3, 0x1d173...0x1d17a: true  // shorthand and musical format controls
        case 0xe0000...0xe001f, 0xe0080...0xe00ff, 0xe01f0...0xe0fff: true  // language tag, reserved ignorables
        case 0xe000...0xf8ff, 0xf0000...0x10ffff: true  // private use
        case 0xfdd0...0xfdef: true
        default: scalar & 0xfffe == 0xfffe  // noncharacters, with the row above
        }
    }

    private static func isInvisible(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0xa0, 0x1680, 0x2000...0x200a, 0x202f, 0x205f, 0x3000: true  // spaces
        case 0x200c...0x200d, 0x34f: true  // joiners, used by scripts and emoji
        case 0x180b...0x180d, 0x180f, 0xfe00...0xfe0f, 0xe0100...0xe01ef: true  // variation selectors
        case 0x115f...0x1160, 0x3164, 0xffa0: true  // Hangul fillers
        case 0x17b4...0x17b5: true  // Khmer inherent vowels
        case 0x2800: true  // a Braille cell without dots
        case 0x16fe4, 0x1d159: true  // Khitan filler, musical symbol without a head
        default: false
        }
    }
}
