import Basics
import HTTPKit
import Leaderboard

/// The decision on an administrator's change of a board, for one state of the catalogue. Pure.
package struct BoardChange: Sendable {
    /// The ways to change a board.
    package enum Way: Sendable {
        /// Members that are not given get their defaults.
        case put
        /// Members that are not given keep their values.
        case patch
    }

    /// The board after the change. Its generation is still that of the board before, also if the form changes.
    package let board: Board
    /// The board before; nil if it is new.
    package let old: Board?
    /// Whether the form changes, so that the board gets another generation and a stamp.
    package let hasOtherForm: Bool
    /// Whether the board's rankings are emptied with it: if the administrator asks for it, and for a new board, since a
    /// deleted board of that name may have left some.
    package let isEmptied: Bool

    /// Decides whether a change is allowed, and what it does.
    ///
    /// - Parameters:
    ///   - draft: the members in the request.
    ///   - id: the board's id.
    ///   - way: whether the other members get their defaults.
    ///   - resets: whether the board may be emptied.
    ///   - catalogue: actions and boards.
    ///   - now: the store's time, in ms since 1970.
    package init(
        _ draft: BoardDraft, id: String, way: Way, resets: Bool, in catalogue: Catalogue, now: Int64
    ) throws(APIError) {
        old = catalogue.boards[id]
        let base: Board
        switch (way, old) {
        case (.patch, nil): throw .unknownBoard
        case (.patch, let old?): base = old
        case (.put, let old?): base = Board(id: id, generation: old.generation, createdAt: old.createdAt)
        case (.put, nil): base = Board(id: id, createdAt: now)
        }
        let (board, problems) = draft.board(from: base)
        guard problems.isEmpty else { throw .invalidInput(problems) }
        self.board = board
        guard let old else {
            guard catalogue.boards.count < Catalogue.boardsMax else {
                throw .invalidInput([
                    FieldProblem(field: "id", reason: "cannot be added: there are \(Catalogue.boardsMax) boards")
                ])
            }
            (hasOtherForm, isEmptied) = (true, true)
            return
        }
        hasOtherForm = old.hasOtherForm(than: board)
        isEmptied = hasOtherForm && resets
        try Self.checkSeasons(from: old, to: board, now: now)
        try Self.checkActions(from: old, to: board, in: catalogue)
    }

    /// The end of a season that is sealed stays: its standings are final.
    private static func checkSeasons(from old: Board, to new: Board, now: Int64) throws(APIError) {
        for window in old.windows {
            guard case .season(let start, let end) = window.kind,
                case .season(_, let newEnd)? = new.window(window.name)?.kind, newEnd != end
            else { continue }
            let season = Period(name: window.name, startsAt: start, endsAt: end)
            if season.state(at: now, graceMilliseconds: old.graceMilliseconds) == .sealed {
                throw .boardInUse("The season \(window.name) is sealed, so its end cannot move.")
            }
        }
    }

    private static func checkActions(from old: Board, to new: Board, in catalogue: Catalogue) throws(APIError) {
        let actions = catalogue.actions.values.filter { $0.boards.contains(new.id) }.sorted { $0.id < $1.id }
        for action in actions {
            if action.canOnlyBeRefused(by: new), !action.canOnlyBeRefused(by: old) {
                throw .boardInUse("The action \(action.id) can only make scores worse.")
            }
            let others = action.boards.filter { $0 != new.id }.compactMap { catalogue.boards[$0] }
            if new.group != old.group, others.contains(where: { $0.group != new.group }) {
                throw .boardInUse("The action \(action.id) also counts on a board of the group before.")
            }
            let count = others.reduce(new.windows.count) { $0 + $1.windows.count }
            if count > UpdateTargets.countMax, new.windows.count > old.windows.count {
                throw .invalidInput([
                    FieldProblem(
                        field: "windows",
                        reason: "must leave the action \(action.id) at most \(UpdateTargets.countMax) rankings")
                ])
            }
        }
    }
}
