// FakeAI: a local server that speaks the form of the AI service.
