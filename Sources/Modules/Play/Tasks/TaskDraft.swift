import Basics
import HTTPKit
import Leaderboard
import NIOCore
import Players
import StrictJSON

/// The members of a task or a template that a JSON object gives, as they were sent.
package struct TaskDraft: Sendable {
    /// The members. The others of a task are the server's.
    package enum Member: String, CaseIterable, Sendable {
        case title
        case description
        case type
        case priority
        case tags
        case metadata
        case status
        case dueAt = "due_at"

        /// Those of a template.
        package static let ofTemplates: Set<Member> = [.title, .description, .type, .priority, .tags, .metadata]
    }

    /// Longer bodies are refused: a description of the longest characters, each as two escapes, and the rest.
    package static let bodyBytesMax = 192 * 1024
    /// Longer texts are refused while they are read.
    private static let textBytesMax = 4096
    /// More than a task may have, so that too many get their own reason.
    private static let tagsReadMax = 1024
    /// Postgres' timestamps begin with the year 1.
    private static let times = Int64(-62_135_596_800_000)...Timestamp.range.upperBound

    private let known: Set<Member>
    private var given: Set<Member> = []
    private var texts: [Member: String] = [:]
    private var priority: Int64?
    private var tags: [String] = []
    private var metadata: KeptObject?

    /// - Parameter known: the members that the object may have.
    package init(_ known: Set<Member> = Set(Member.allCases)) {
        self.known = known
    }

    /// Reads one member.
    ///
    /// - Returns: false, and reads nothing, if the object must not have it.
    package mutating func read(_ key: String, from reader: inout JSONReader) throws(JSONError) -> Bool {
        guard let member = Member(rawValue: key), known.contains(member) else { return false }
        given.insert(member)
        if try reader.readNullIfPresent() { return true }
        switch member {
        case .title, .type, .status, .dueAt: texts[member] = try reader.readString(maxBytes: Self.textBytesMax)
        case .description:
            texts[member] = try reader.readString(maxBytes: 4 * TaskContent.descriptionScalarsMax)
        case .priority: priority = try reader.readInteger()
        case .tags:
            var read: [String] = []
            try reader.readArray(maxCount: Self.tagsReadMax) { reader throws(JSONError) in
                read.append(try reader.readString(maxBytes: Self.textBytesMax))
            }
            tags = read
        case .metadata:
            metadata = try KeptObject.read(from: &reader)
            // Told apart from null.
            if metadata == nil { texts[member] = "" }
        }
        return true
    }

    /// Reads a body that has these members alone.
    ///
    /// - Parameter needsTitle: whether the title must be there: for something new.
    /// - Throws: `invalid_input` with everything that is wrong.
    package static func change(_ body: ByteBuffer, needsTitle: Bool) throws(APIError) -> TaskChange {
        var draft = TaskDraft()
        var unknown: [FieldProblem] = []
        try body.readJSONObject(limits: KeptObject.limits) { key, reader throws(JSONError) in
            if try !draft.read(key.string, from: &reader) { unknown.append(.unknownMember(key.string)) }
        }
        let (change, problems) = draft.change(needsTitle: needsTitle)
        guard unknown.isEmpty, problems.isEmpty else { throw .invalidInput(unknown + problems) }
        return change
    }

    /// The change that these members make, and everything that is wrong with them. It is usable only if there are no
    /// problems. Null gives a member the value that new tasks have; title and status must have a value.
    package func change(needsTitle: Bool) -> (change: TaskChange, problems: [FieldProblem]) {
        var change = TaskChange()
        var problems: [FieldProblem] = []
        func check(_ holds: Bool, _ member: Member, _ reason: String) {
            if !holds { problems.append(FieldProblem(field: member.rawValue, reason: reason)) }
        }
        if given.contains(.title) || needsTitle {
            change.title = texts[.title].flatMap { ShownText.normalized($0, graphemes: TaskContent.titleGraphemesMax) }
            check(change.title != nil, .title, ShownText.form(graphemes: TaskContent.titleGraphemesMax))
        }
        if given.contains(.description) {
            let text = texts[.description] ?? ""
            change.description = text
            check(
                text.unicodeScalars.count <= TaskContent.descriptionScalarsMax && !text.utf8.contains(0), .description,
                "must be at most \(TaskContent.descriptionScalarsMax) characters without NUL")
        }
        if given.contains(.type) {
            change.type = .some(texts[.type])
            check(texts[.type].map { Names.isID($0) } ?? true, .type, Names.idForm + " or null")
        }
        if given.contains(.priority) {
            change.priority = priority ?? 0
            let range = TaskContent.priorities
            check(range.contains(priority ?? 0), .priority, "must be \(range.lowerBound) to \(range.upperBound)")
        }
        if given.contains(.tags) {
            let tags = tags.map { ShownText.normalized($0, graphemes: TaskContent.tagGraphemesMax) }
            change.tags = tags.compactMap { $0 }
            check(
                tags.count <= TaskContent.tagsMax && !tags.contains(nil), .tags,
                "must be at most \(TaskContent.tagsMax), of 1 to \(TaskContent.tagGraphemesMax) printable characters")
        }
        if given.contains(.metadata) {
            change.metadata = metadata?.text ?? "{}"
            check(texts[.metadata] == nil, .metadata, KeptObject.form)
        }
        if given.contains(.status) {
            change.status = texts[.status].flatMap { TaskStatus(rawValue: $0) }
            let isSettable = change.status.map(TaskStatus.settable.contains) ?? false
            let names = TaskStatus.settable.map(\.rawValue).joined(separator: ", ")
            check(isSettable, .status, "must be one of \(names); a completion makes it done")
        }
        if given.contains(.dueAt) {
            let time = texts[.dueAt].flatMap { Self.time($0) }
            change.dueAt = .some(time)
            check(texts[.dueAt] == nil || time != nil, .dueAt, Self.timeForm + " or null")
        }
        return (change, problems)
    }

    /// The rule for times.
    package static let timeForm = "must be a time, as RFC 3339"

    /// A time in ms since 1970; nil unless the text is one that can be stored.
    package static func time(_ text: String) -> Int64? {
        Timestamp.milliseconds(of: text).flatMap { times.contains($0) ? $0 : nil }
    }
}
