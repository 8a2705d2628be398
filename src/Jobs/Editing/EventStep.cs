namespace Darkroom.Jobs.Editing;

/// <summary>One step of <see cref="EventSplitter"/>.</summary>
/// <param name="Part">What it yields.</param>
/// <param name="Consumed">Bytes of input that are done with; for <see cref="EventPart.Data"/> they are the piece.</param>
internal readonly record struct EventStep(EventPart Part, int Consumed);
