import Basics
import Leaderboard
import StrictJSON

/// The members of a profile that a JSON object gives, as they were sent. Null removes a member.
public struct ProfileDraft: Sendable {
    /// The members.
    public enum Member: String, CaseIterable, Sendable {
        case name
        case avatarURL = "avatar_url"
        case country
        case job
        case timeZone = "time_zone"
        case preferences
    }

    /// The longest preferences, in bytes of JSON.
    public static let preferencesBytesMax = KeptObject.bytesMax
    /// The most characters of a job.
    public static let jobGraphemesMax = 64
    /// The limits of an object with these members.
    public static let limits = KeptObject.limits
    /// Longer texts are refused while they are read.
    private static let textBytesMax = 4096

    private var texts: [Member: String?] = [:]
    private var refusesPreferences = false

    /// No members.
    public init() {}

    /// The members that were given.
    public var given: Set<Member> { Set(texts.keys) }

    /// Reads one member.
    ///
    /// - Returns: false, and reads nothing, if profiles have no such member.
    public mutating func read(_ key: String, from reader: inout JSONReader) throws(JSONError) -> Bool {
        guard let member = Member(rawValue: key) else { return false }
        if try reader.readNullIfPresent() {
            texts[member] = .some(nil)
        } else if member == .preferences {
            let kept = try KeptObject.read(from: &reader)
            refusesPreferences = kept == nil
            texts[member] = .some(kept?.text ?? "")
        } else {
            texts[member] = try reader.readString(maxBytes: Self.textBytesMax)
        }
        return true
    }

    /// The change that these members make, and everything that is wrong with them. The change is usable only if there
    /// are no problems.
    public func change() -> (change: ProfileChange, problems: [FieldProblem]) {
        var change = ProfileChange()
        var problems: [FieldProblem] = []
        func read(
            _ member: Member, into target: WritableKeyPath<ProfileChange, String??>, form: String,
            _ normalized: (String) -> String?
        ) {
            guard let text = texts[member] else { return }
            guard let text else { return change[keyPath: target] = .some(nil) }
            if let value = normalized(text) {
                change[keyPath: target] = value
            } else {
                problems.append(FieldProblem(field: member.rawValue, reason: form))
            }
        }
        read(.name, into: \.name, form: ProfileName.form) { ProfileName($0)?.text }
        read(.avatarURL, into: \.avatarURL, form: AvatarURL.form) { AvatarURL($0)?.text }
        read(.country, into: \.country, form: "must be two letters A-Z, as in ISO 3166-1 alpha-2") {
            $0.utf8.count == 2 && $0.utf8.allSatisfy((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains) ? $0 : nil
        }
        read(.job, into: \.job, form: ShownText.form(graphemes: Self.jobGraphemesMax)) {
            ShownText.normalized($0, graphemes: Self.jobGraphemesMax)
        }
        read(.timeZone, into: \.timeZone, form: ZoneName.form) { ZoneName.isKnown($0) ? $0 : nil }
        read(.preferences, into: \.preferences, form: KeptObject.form) { refusesPreferences ? nil : $0 }
        return (change, problems)
    }
}
