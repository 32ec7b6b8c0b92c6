extension Board {
    /// Whether the change from this board to another one alters the form: what a ranking's data means, and where it is.
    /// The form of a board that has scores changes only together with a reset.
    ///
    /// New windows, and another end of a season, leave the form as it is.
    public func hasOtherForm(than new: Board) -> Bool {
        if group != new.group || timeZone != new.timeZone || rules.operator != new.rules.operator
            || rules.order != new.rules.order || rules.ties != new.rules.ties
        {
            return true
        }
        return windows.contains { window in
            guard let other = new.window(window.name) else { return true }
            switch (window.kind, other.kind) {
            case (.season(let start, _), .season(let otherStart, _)): return start != otherStart
            default: return window.kind != other.kind
            }
        }
    }
}
