extension Int64 {
    /// The sum, or the nearest value that 64 bits hold: a time beyond the range stays at its end.
    func adding(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        guard overflow else { return sum }
        return other < 0 ? .min : .max
    }
}
