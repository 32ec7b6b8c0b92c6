// AIClient: asks the AI service for challenges.
