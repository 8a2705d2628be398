namespace Darkroom.Jobs.Access;

/// <summary>A key as it is kept: without its secret.</summary>
/// <param name="Id">Its public part, by which it is found.</param>
/// <param name="Name">What people call it; unique.</param>
/// <param name="Role">What it may do.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it.</param>
public sealed record AccessKey(string Id, string Name, AccessRole Role, DateTimeOffset CreatedAt, string CreatedBy);
