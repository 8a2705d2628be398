namespace Darkroom.Jobs.Browsing;

/// <summary>A page was asked for by something that no page before it gave.</summary>
public sealed class InvalidCursorException() : Exception("It must be the 'next' of the page before, unchanged.");
