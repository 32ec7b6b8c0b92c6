import Basics
import HTTPKit
import NIOCore
import Players
import StrictJSON

/// The body of `POST /challenges/generate`. Pure.
package struct ChallengeRequest: Sendable, Equatable {
    /// The task.
    package let taskID: Int64
    /// `medium` unless the body says something else.
    package let difficulty: ChallengeDifficulty

    /// Longer bodies are refused.
    static let bodyBytesMax = 4 * 1024

    /// Reads a body: `{"task_id","difficulty"?}`. The id may also be a number.
    ///
    /// - Throws: `invalid_input` if the body is malformed, `unknown_task` if no task can have the id.
    package init(_ body: ByteBuffer) throws(APIError) {
        var (taskID, difficulty): (String?, String?)
        var problems: [FieldProblem] = []
        try body.readJSONObject { key, reader throws(JSONError) in
            switch key {
            case "task_id":
                guard try reader.peek() == .number else {
                    if try !reader.readNullIfPresent() { taskID = try reader.readString(maxBytes: 64) }
                    return
                }
                taskID = String(try reader.readInteger())
            case "difficulty": if try !reader.readNullIfPresent() { difficulty = try reader.readString(maxBytes: 64) }
            default: problems.append(.unknownMember(key.string))
            }
        }
        if taskID == nil { problems.append(FieldProblem(field: "task_id", reason: "is required")) }
        let level = ChallengeDifficulty(rawValue: difficulty ?? ChallengeDifficulty.medium.rawValue)
        if level == nil { problems.append(FieldProblem(field: "difficulty", reason: "must be easy, medium or hard")) }
        guard problems.isEmpty, let taskID, let level else { throw .invalidInput(problems) }
        guard let id = UserTask.id(of: taskID) else { throw APIError(.unknownTask) }
        self.taskID = id
        self.difficulty = level
    }
}

/// The body of `POST /challenges/{id}/progress`. Pure.
package struct ProgressRequest: Sendable, Equatable {
    /// 0 to 100.
    package let progress: Int
    /// A JSON value of the client on one line; nil if there is none.
    package let state: String?

    /// Longer bodies are refused.
    static let bodyBytesMax = 4 * 1024
    /// The longest state, as it was written. Each one may go to all in a room.
    package static let stateBytesMax = RoomProgress.stateBytesMax
    /// The values of progress.
    package static let values: ClosedRange<Int64> = 0...100

    /// Reads a body: `{"progress","state"?}`.
    package init(_ body: ByteBuffer) throws(APIError) {
        var progress: Int64?
        var state: String?
        var problems: [FieldProblem] = []
        try body.readJSONObject { key, reader throws(JSONError) in
            switch key {
            case "progress": progress = try reader.readInteger(in: Self.values)
            case "state":
                if try !reader.readNullIfPresent() {
                    state = Self.onOneLine(try reader.readRawValue())
                    if state == nil {
                        problems.append(FieldProblem(field: "state", reason: RoomProgress.stateForm))
                    }
                }
            default: problems.append(.unknownMember(key.string))
            }
        }
        if progress == nil { problems.append(FieldProblem(field: "progress", reason: "is required")) }
        guard problems.isEmpty, let progress else { throw .invalidInput(problems) }
        self.progress = Int(progress)
        self.state = state
    }

    /// JSON with spaces in place of line ends and tabs, which strict JSON has only between its parts; nil if it
    /// cannot be a state.
    private static func onOneLine(_ json: UnsafeRawBufferPointer) -> String? {
        guard json.count <= stateBytesMax else { return nil }
        let text = String(decoding: json.map { $0 < 0x20 ? 0x20 : $0 }, as: UTF8.self)
        return RoomProgress.isState(text) ? text : nil
    }
}
