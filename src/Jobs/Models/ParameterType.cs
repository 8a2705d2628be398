namespace Darkroom.Jobs.Models;

/// <summary>What JSON value a parameter is.</summary>
public enum ParameterType
{
    /// <summary>Not restricted.</summary>
    Any,

    /// <summary>A string.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>true or false.</summary>
    Flag,
}
