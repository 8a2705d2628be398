namespace Darkroom.Jobs.Editing;

/// <summary>What is known of an answer that is no success, as <see cref="OutcomeClassifier"/> needs it.</summary>
/// <param name="Status">HTTP status; 200 for an error inside a stream.</param>
/// <param name="Error">The error object; empty when there was none.</param>
/// <param name="Fallback">The message to show when the error object has none.</param>
/// <param name="Signals">What headers and text said of waiting.</param>
/// <param name="HasLeft">Whether the edit's body had begun to leave. Until then the service has nothing that it could work on.</param>
internal sealed record CallFailure(int Status, ErrorBody Error, string Fallback, CallSignals Signals, bool HasLeft);
