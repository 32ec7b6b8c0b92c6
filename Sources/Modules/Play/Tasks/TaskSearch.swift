import Access
import Basics
import HTTPKit
import Leaderboard

/// Which tasks of a user a list asks for.
package struct TaskSearch: Sendable, Equatable {
    /// The user.
    @ByteExact package private(set) var userID: String
    /// Those with this status; nil for all.
    package var status: TaskStatus?
    /// Those of this type; nil for all.
    package var type: String?
    /// Those of this source; nil for all.
    package var source: String?
    /// Those that are due before this time, in ms since 1970; nil for all, also without a time.
    package var dueBefore: Int64?
    /// Those older than the task with this id; nil for the newest.
    package var before: Int64?
    /// The most tasks.
    package var limit: Int

    /// All tasks of a user.
    package init(userID: String, limit: Int) {
        self.userID = userID
        self.limit = limit
    }

    /// The list's name in its cursors.
    package static let list = "tasks"

    /// Reads the query of a URI.
    ///
    /// - Returns: the search, for one task more than a page takes, and the page.
    /// - Throws: `invalid_input` with what is wrong.
    package static func reading(
        uri: String, userID: String
    ) throws(APIError) -> (search: TaskSearch, page: ListQuery) {
        let page = try ListQuery(
            uri: uri, list: list, values: 1, more: ["status", "type", "source", "due_before"])
        var search = TaskSearch(userID: userID, limit: page.limit + 1)
        var problems: [FieldProblem] = []
        func read<Value>(_ name: String, _ form: String, _ parse: (String) -> Value?) -> Value? {
            guard let text = page[name] else { return nil }
            let value = parse(text)
            if value == nil { problems.append(FieldProblem(field: name, reason: form)) }
            return value
        }
        let names = TaskStatus.allCases.map(\.rawValue).joined(separator: ", ")
        search.status = read("status", "must be one of \(names)") { TaskStatus(rawValue: $0) }
        search.type = read("type", Names.idForm) { Names.isID($0) ? $0 : nil }
        search.source = read("source", Names.idForm) { Names.isID($0) ? $0 : nil }
        search.dueBefore = read("due_before", TaskDraft.timeForm) { TaskDraft.time($0) }
        if let last = page.after?.first {
            search.before = UserTask.id(of: last)
            if search.before == nil { problems.append(ListQuery.cursorProblem) }
        }
        guard problems.isEmpty else { throw .invalidInput(problems) }
        return (search, page)
    }
}
