import Access
import Basics
import HTTPKit
import HTTPTypes
import Leaderboard
import Logging
import NIOCore
import NIOHTTP1
import Players
import Signing
import StrictJSON

/// `/task-templates`: administrators publish tasks for everybody.
package struct TemplateRoutes: PlayRoutes {
    private let templates: any TemplateStore
    private let audit: any AuditLog
    private let gate: StoreGate

    /// The list's name in its cursors.
    private static let list = "task-templates"
    private static let textBytesMax = 64

    /// - Parameters:
    ///   - templates: the store.
    ///   - audit: gets each change.
    ///   - logger: is told when the store cannot be reached.
    package init(templates: any TemplateStore, audit: any AuditLog, logger: Logger) {
        self.templates = templates
        self.audit = audit
        gate = StoreGate("Templates of tasks", logger: logger)
    }

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        table.add(.get, "/task-templates", .admins(.playWrite)) { try await list($0) }
        table.add(.get, "/task-templates/{id}", .admins(.playWrite)) { try await get($0) }
        table.add(.put, "/task-templates/{id}", .admins(.playWrite)) { try await put($0) }
        table.add(.delete, "/task-templates/{id}", .admins(.playWrite)) { try await delete($0) }
    }

    private func list(_ request: RouteRequest) async throws -> Reply {
        let query = try ListQuery(uri: request.uri, list: Self.list, values: 1)
        let found = try await gate.run { () throws(StoreError) in
            try await templates.templates(after: query.after?.first, limit: query.limit + 1)
        }
        return ListPage(found, for: query, of: Self.list) { [$0.id] }
            .reply("task_templates") { Self.write($0, to: &$1) }
    }

    private func get(_ request: RouteRequest) async throws -> Reply {
        let id = try request.nameOfPath("id")
        guard let template = try await gate.run({ () throws(StoreError) in try await templates.template(id) }) else {
            throw Self.unknown
        }
        return .json { Self.write(template, to: &$0) }
    }

    private func put(_ request: RouteRequest) async throws -> Reply {
        let id = try request.nameOfPath("id")
        let wanted = try Self.template(id, try await request.json(upTo: TaskDraft.bodyBytesMax))
        guard let put = try await gate.run({ () throws(StoreError) in try await templates.put(wanted) }) else {
            throw APIError(.tooMany)
        }
        audit.record(request.auditEntry("task_template.put", of: id, detail: ["repeat": wanted.rhythm.rawValue]))
        return .json(put.isNew ? .created : .ok) { Self.write(put.template, to: &$0) }
    }

    private func delete(_ request: RouteRequest) async throws -> Reply {
        let id = try request.nameOfPath("id")
        guard try await gate.run({ () throws(StoreError) in try await templates.delete(id) }) else {
            throw Self.unknown
        }
        audit.record(request.auditEntry("task_template.delete", of: id))
        return Reply(status: .noContent, body: ByteBuffer())
    }

    private static var unknown: APIError { APIError(.notFound, message: "There is no such template.") }

    /// Reads a body. Pure.
    package static func template(_ id: String, _ body: ByteBuffer) throws(APIError) -> TaskTemplate {
        var draft = TaskDraft(TaskDraft.Member.ofTemplates)
        var rhythm: String?
        var problems: [FieldProblem] = []
        try body.readJSONObject(limits: KeptObject.limits) { key, reader throws(JSONError) in
            let member = key.string
            if member == "repeat" {
                if try !reader.readNullIfPresent() { rhythm = try reader.readString(maxBytes: textBytesMax) }
            } else if try !draft.read(member, from: &reader) {
                problems.append(.unknownMember(member))
            }
        }
        let (change, found) = draft.change(needsTitle: true)
        problems += found
        let known = rhythm.map { TaskRepeat(rawValue: $0) } ?? .once
        if known == nil {
            let names = TaskRepeat.allCases.map(\.rawValue).joined(separator: ", ")
            problems.append(FieldProblem(field: "repeat", reason: "must be one of \(names)"))
        }
        guard problems.isEmpty, let known else { throw .invalidInput(problems) }
        return TaskTemplate(id: id, content: change.content(from: TaskContent(title: "")), rhythm: known)
    }

    private static func write(_ template: TaskTemplate, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("id", template.id)
        TaskJSON.writeMembers(of: template.content, to: &json)
        json.member("repeat", template.rhythm.rawValue)
        json.member("created_at", Timestamp.text(milliseconds: template.createdAt))
        json.member("updated_at", Timestamp.text(milliseconds: template.updatedAt))
        json.endObject()
    }
}

extension RouteRequest {
    /// A parameter of the path that is an id of administrators: 1 to 64 of `A-Za-z0-9_-`.
    func nameOfPath(_ parameter: String) throws(APIError) -> String {
        guard let id = PercentEncoding.decodedSegment(Substring(self.parameter(parameter)).utf8), Names.isID(id) else {
            throw .invalidInput([FieldProblem(field: parameter, reason: Names.idForm)])
        }
        return id
    }
}
