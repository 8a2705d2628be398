namespace Darkroom.Jobs.Editing;

/// <summary>What a step of <see cref="EventSplitter"/> yields.</summary>
internal enum EventPart
{
    /// <summary>Nothing: more input is wanted, or framing was passed over.</summary>
    None,

    /// <summary>A piece of the event's data.</summary>
    Data,

    /// <summary>A further <c>data:</c> line begins: a line feed belongs between it and the one before.</summary>
    LineBreak,

    /// <summary>A blank line: the event is whole.</summary>
    End,
}
