import Basics
import NIOCore
import StrictJSON

/// Challenges as JSON.
package enum ChallengeJSON {
    /// How much is written.
    package enum Extent: Sendable {
        /// What lists have: no description, no steps, and no texts of hints.
        case summary
        /// All that the user may see.
        case whole
    }

    /// Writes a challenge as a user sees it. The texts of hints that the user has not taken are never written.
    package static func write(_ seen: SeenChallenge, _ extent: Extent, to json: inout JSONWriter<ByteBuffer>) {
        let (challenge, content) = (seen.challenge, seen.challenge.content)
        json.beginObject()
        json.member("id", challenge.id)
        json.member("status", challenge.status.rawValue)
        json.member("title", orNull: content?.title)
        if extent == .whole {
            json.member("description", orNull: content?.description)
            write(content?.steps ?? [], to: &json)
        }
        json.member("difficulty", challenge.difficulty.rawValue)
        json.member("generated_by", orNull: challenge.origin?.rawValue)
        json.member("owner", challenge.ownerID)
        // A task is a matter of its user.
        let taskID = challenge.isOwned(by: seen.userID) ? challenge.taskID : nil
        json.member("task_id", orNull: taskID.map { String($0) })
        json.member("members", challenge.members)
        json.member("progress", seen.member?.progress ?? 0)
        json.key("state")
        if let state = seen.member?.state { json.encoded(state) } else { json.null() }
        writeHints(of: seen, extent, to: &json)
        json.member("created_at", Timestamp.text(milliseconds: challenge.createdAt))
        json.member("ready_at", orNull: challenge.readyAt.map { Timestamp.text(milliseconds: $0) })
        json.member("completed_at", orNull: challenge.completedAt.map { Timestamp.text(milliseconds: $0) })
        json.endObject()
    }

    private static func write(_ steps: [String], to json: inout JSONWriter<ByteBuffer>) {
        json.key("steps")
        json.beginArray()
        for step in steps { json.string(step) }
        json.endArray()
    }

    private static func writeHints(of seen: SeenChallenge, _ extent: Extent, to json: inout JSONWriter<ByteBuffer>) {
        let hints = seen.challenge.content?.hints ?? []
        let taken = min(seen.member?.hintsTaken ?? 0, hints.count)
        if extent == .whole {
            json.key("hints")
            json.beginArray()
            for (index, hint) in hints.prefix(taken).enumerated() {
                json.beginObject()
                writeMembers(of: hint, at: index, to: &json)
                json.endObject()
            }
            json.endArray()
        }
        json.member("hints_left", hints.count - taken)
        json.member("next_hint_cost", orNull: taken < hints.count ? hints[taken].cost : nil)
    }

    /// Writes the members of a hint that the user has taken.
    static func writeMembers(of hint: ChallengeHint, at index: Int, to json: inout JSONWriter<ByteBuffer>) {
        json.member("index", index)
        json.member("text", hint.text)
        json.member("cost", hint.cost)
    }

    /// Writes a challenge that is not there yet: `{"id","status":"generating"}`.
    package static func writePlaceholder(_ id: String, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("id", id)
        json.member("status", ChallengeStatus.generating.rawValue)
        json.endObject()
    }
}

extension JSONWriter {
    /// Writes a value that is JSON already.
    mutating func encoded(_ text: String) {
        var text = text
        text.withUTF8 { encoded(UnsafeRawBufferPointer($0)) }
    }
}
