using Darkroom.Simulator.Answers;

namespace Darkroom.Simulator.Edits;

/// <summary>A valid request, or what is wrong with it.</summary>
internal readonly record struct EditRead(EditRequest? Request, ServiceError? Error)
{
    public static implicit operator EditRead(EditRequest request) => new(request, null);

    public static implicit operator EditRead(ServiceError error) => new(null, error);
}
