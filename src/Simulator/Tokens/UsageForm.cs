namespace Darkroom.Simulator.Tokens;

/// <summary>How servers of this kind tell <c>usage</c>, if they do.</summary>
public enum UsageForm
{
    /// <summary><c>input_tokens</c>, <c>output_tokens</c>, and their details.</summary>
    OpenAI,

    /// <summary>No <c>usage</c> at all.</summary>
    None,

    /// <summary><c>"usage": null</c>.</summary>
    Null,

    /// <summary><c>"usage": {}</c>.</summary>
    Empty,

    /// <summary>The service's names, all zero.</summary>
    Zero,

    /// <summary>The names of chat: <c>prompt_tokens</c>, <c>completion_tokens</c>, with details of the same kind.</summary>
    Chat,

    /// <summary>The names of chat with the details of images, and the names of images at zero beside them.</summary>
    Mixed,

    /// <summary>A usage beside each image of <c>data</c>, and none for the whole. In a stream: as the service tells it.</summary>
    PerImage,

    /// <summary>What went in; nothing came out.</summary>
    InputOnly,

    /// <summary>The number of images alone.</summary>
    ImageCount,
}
