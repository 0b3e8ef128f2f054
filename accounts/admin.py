from allauth.account.decorators import secure_admin_login
from django.contrib import admin

from accounts.models import User

# One log-in for all: the admin's own knows neither the limit on guesses nor the confirmation of emails.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["name", "handle", "email", "is_active", "is_staff", "created_at"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["name", "handle", "email"]
    fields = [
        "name",
        "handle",
        "email",
        "is_active",
        "deactivated_at",
        "deleted_at",
        "is_staff",
        "is_superuser",
        "groups",
        "user_permissions",
    ]
    readonly_fields = ["deactivated_at", "deleted_at"]
    filter_horizontal = ["groups", "user_permissions"]
    show_full_result_count = False
