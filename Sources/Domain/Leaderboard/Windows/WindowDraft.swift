import Basics
import StrictJSON

/// A window as JSON gives it: a name, or an object with `name` and either `cron`, or `starts_at` and `ends_at`.
public struct WindowDraft: Hashable, Sendable {
    var name: String
    var cron: String?
    var startsAt: String?
    var endsAt: String?
    private var isObject = false
    private var unknownMember: String?

    private static let nameBytesMax = 64
    private static let timeBytesMax = 64
    /// 0001-01-01T00:00:00Z, in milliseconds since 1970.
    private static let firstMilliseconds: Int64 = -62_135_596_800_000

    /// Reads one window.
    public init(from reader: inout JSONReader) throws(JSONError) {
        name = ""
        guard try reader.peek() == .object else {
            name = try reader.readString(maxBytes: Self.nameBytesMax)
            return
        }
        isObject = true
        var draft = self
        try reader.readObject { key, reader throws(JSONError) in
            switch key {
            case "name": draft.name = try reader.readString(maxBytes: Self.nameBytesMax)
            case "cron": draft.cron = try reader.readString(maxBytes: CronSchedule.textBytesMax * 2)
            case "starts_at": draft.startsAt = try reader.readString(maxBytes: Self.timeBytesMax)
            case "ends_at": draft.endsAt = try reader.readString(maxBytes: Self.timeBytesMax)
            default:
                draft.unknownMember = key.string
                try reader.skipValue()
            }
        }
        self = draft
    }

    /// Returns the window.
    ///
    /// - Throws: what is wrong with it, as a problem of the field `windows`.
    public func window() throws(FieldProblem) -> Window {
        if let unknownMember {
            throw problem(
                "has a window with a member it cannot have: \(FieldProblem.unknownMember(unknownMember).field)")
        }
        guard isObject else {
            guard let window = Window.fixed(name) else {
                throw problem(
                    "names a window that is not all, hourly, daily, weekly, monthly or yearly; others are objects")
            }
            return window
        }
        guard (1...32).contains(name.utf8.count),
            name.utf8.allSatisfy({ (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
            )
        else { throw problem("has a window whose name is not 1 to 32 of a-z 0-9 -") }
        guard Window.fixed(name) == nil else { throw problem("gives the name \(name) to a window of its own") }
        switch (cron, startsAt, endsAt) {
        case (let cron?, nil, nil):
            do throws(CronError) {
                return Window(name: name, kind: .cron(try CronSchedule(cron)))
            } catch {
                throw problem("has the window \(name) whose cron expression \(error)")
            }
        case (nil, let startsAt?, let endsAt?):
            guard let start = Timestamp.milliseconds(of: startsAt), let end = Timestamp.milliseconds(of: endsAt) else {
                throw problem("has the window \(name) whose starts_at or ends_at is not an RFC 3339 time")
            }
            // Archives hold the start, and Postgres has no year 0.
            guard start >= Self.firstMilliseconds else {
                throw problem("has the window \(name) that starts before the year 1")
            }
            guard start < end else { throw problem("has the window \(name) that does not end after its start") }
            return Window(name: name, kind: .season(startsAt: start, endsAt: end))
        default: throw problem("has the window \(name) that needs either cron, or starts_at and ends_at")
        }
    }

    private func problem(_ reason: String) -> FieldProblem { FieldProblem(field: "windows", reason: reason) }
}

extension Window {
    /// Writes the window as ``WindowDraft`` reads it.
    public func write(to json: inout JSONWriter<some ByteSink>) {
        switch kind {
        case .all, .hourly, .daily, .weekly, .monthly, .yearly: json.string(name)
        case .cron(let schedule):
            json.beginObject()
            json.member("name", name)
            json.member("cron", schedule.text)
            json.endObject()
        case .season(let startsAt, let endsAt):
            json.beginObject()
            json.member("name", name)
            json.member("starts_at", Timestamp.text(milliseconds: startsAt))
            json.member("ends_at", Timestamp.text(milliseconds: endsAt))
            json.endObject()
        }
    }
}
